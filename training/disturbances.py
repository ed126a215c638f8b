"""Faces as selfies give them: blurred, noisy, dark, tilted, cropped wrongly, or small in a larger picture. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from functions.infer.preprocess import FACE_SIZE_PX

SENSOR_NOISE: Final = 2.0  # standard deviation in gray levels; a dark room's noise does not get darker with it
# A phone's picture upright; infer halves it.
PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX = 1280, 960
FACE_SIDES_PX: Final = (256, 768)  # 20 to 60 % of the picture's long side, as at arm's length
BACKGROUND_GRAY: Final = 128
PICTURE_JPEG_QUALITY: Final = 85  # about what a messenger sends

GrayNHW = NDArray[np.uint8]  # (n, 48, 48), [0, 255]
Box = tuple[int, int, int, int]  # x, y, width, height in pixels


def blurred(gray_nhw: GrayNHW, sigma_px: float) -> GrayNHW:
    """Out of focus: Gaussian of this sigma above 0, in pixels of the 48 px face."""
    return _each(gray_nhw, partial(_blurred, sigma_px=sigma_px))


def noisy(gray_nhw: GrayNHW, std_gray: float, seed: int) -> GrayNHW:
    """With normal noise of this standard deviation in gray levels, independent from pixel to pixel."""
    noise = np.random.default_rng(seed).normal(0, std_gray, gray_nhw.shape)
    return (gray_nhw + noise).round().clip(0, 255).astype(np.uint8)


def compressed(gray_nhw: GrayNHW, jpeg_quality: int) -> GrayNHW:
    """Through JPEG of this quality (1 to 100) at 48 px: coarser than a photo, whose blocks are small beside a face."""
    return _each(gray_nhw, partial(_through_jpeg, jpeg_quality=jpeg_quality))


def darkened(gray_nhw: GrayNHW, light_share: float, seed: int) -> GrayNHW:
    """With this share of the light left, and a sensor's noise."""
    noise = np.random.default_rng(seed).normal(0, SENSOR_NOISE, gray_nhw.shape)
    return (gray_nhw * light_share + noise).clip(0, 255).astype(np.uint8)


def tilted(gray_nhw: GrayNHW, angle_deg: float) -> GrayNHW:
    """Turned against the clock about the middle of the face."""
    return _each(gray_nhw, partial(_warped, matrix=_about_the_middle(angle_deg, 1.0)))


def crop_scaled(gray_nhw: GrayNHW, side_share: float) -> GrayNHW:
    """As a crop with this share of the right side would be: above 1 the face is too small in it."""
    return _each(gray_nhw, partial(_warped, matrix=_about_the_middle(0.0, 1 / side_share)))


def crop_shifted(gray_nhw: GrayNHW, shift_share: float, seed: int) -> GrayNHW:
    """As a crop that is off by this share of its side in both directions, each to a side by chance."""
    signs_n2 = np.random.default_rng(seed).choice((-1.0, 1.0), (len(gray_nhw), 2))
    shifts_n2 = signs_n2 * shift_share * FACE_SIZE_PX
    moved = [
        _warped(gray_hw, np.column_stack([np.eye(2), shift]))
        for gray_hw, shift in zip(gray_nhw, shifts_n2, strict=True)
    ]
    return np.stack(moved)


def disturbances(seed: int) -> Mapping[str, Callable[[GrayNHW], GrayNHW]]:
    """Every disturbance by its name in the table. Each keeps shape and type and gives the same for the same faces."""
    return {
        # decisions/0003: sigma 2 is what infer mostly refuses, a fifth of the light what it mostly still answers.
        "blur, sigma 1 px": partial(blurred, sigma_px=1.0),
        "blur, sigma 2 px": partial(blurred, sigma_px=2.0),
        "noise, 15 gray levels": partial(noisy, std_gray=15.0, seed=seed),
        "JPEG quality 30": partial(compressed, jpeg_quality=30),
        "20 % of the light": partial(darkened, light_share=0.2, seed=seed),
        "tilt +20 degrees": partial(tilted, angle_deg=20.0),
        "tilt -20 degrees": partial(tilted, angle_deg=-20.0),
        "crop 15 % too wide": partial(crop_scaled, side_share=1.15),
        "crop 15 % too narrow": partial(crop_scaled, side_share=0.85),
        "crop off by 10 % in x and y": partial(crop_shifted, shift_share=0.1, seed=seed),
    }


def _each(gray_nhw: GrayNHW, change: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> GrayNHW:
    return np.stack([change(gray_hw) for gray_hw in gray_nhw])


def _blurred(gray_hw: NDArray[np.uint8], sigma_px: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(gray_hw, (0, 0), sigma_px), dtype=np.uint8)


def _about_the_middle(angle_deg: float, zoom: float) -> NDArray[np.float64]:
    middle_px = (FACE_SIZE_PX - 1) / 2
    return np.asarray(cv2.getRotationMatrix2D((middle_px, middle_px), angle_deg, zoom), dtype=np.float64)


def _warped(gray_hw: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The same face moved; beyond its edge the edge is repeated, as serving does beyond a picture."""
    warped_hw = cv2.warpAffine(gray_hw, matrix, (FACE_SIZE_PX, FACE_SIZE_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped_hw, dtype=np.uint8)


def _jpeg(gray_hw: NDArray[np.uint8], jpeg_quality: int) -> bytes:
    _, data = cv2.imencode(".jpg", gray_hw, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return data.tobytes()


def _through_jpeg(gray_hw: NDArray[np.uint8], jpeg_quality: int) -> NDArray[np.uint8]:
    data = np.frombuffer(_jpeg(gray_hw, jpeg_quality), dtype=np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def pasted(face_hw: NDArray[np.uint8], rng: np.random.Generator) -> tuple[bytes, Box]:
    """A JPEG of 960 x 1280 px, gray but for the face, enlarged to a random side at a random place; and its box."""
    side_px = int(rng.integers(*FACE_SIDES_PX, endpoint=True))
    x = int(rng.integers(PICTURE_WIDTH_PX - side_px, endpoint=True))
    y = int(rng.integers(PICTURE_HEIGHT_PX - side_px, endpoint=True))
    picture_hw = np.full((PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX), BACKGROUND_GRAY, dtype=np.uint8)
    picture_hw[y : y + side_px, x : x + side_px] = cv2.resize(
        face_hw, (side_px, side_px), interpolation=cv2.INTER_CUBIC
    )
    return _jpeg(picture_hw, PICTURE_JPEG_QUALITY), (x, y, side_px, side_px)
