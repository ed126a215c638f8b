"""The network's input, as training sees it too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.infer.preprocess import face_input


def test_input_is_scaled_gray_with_a_channel():
    face_chw = face_input(np.full((48, 48), 255, np.uint8))

    assert face_chw.shape == (1, 48, 48)
    assert face_chw.dtype == np.float32
    assert np.all(face_chw == 2.0)


def test_48_px_face_is_taken_as_it_is():
    ramp_hw = np.arange(48 * 48, dtype=np.uint32).astype(np.uint8).reshape(48, 48)

    assert face_input(ramp_hw)[0] == pytest.approx((ramp_hw / 255 - 0.5) / 0.25, abs=1e-6)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_any_size_gives_48_px_in_range(height, width, shade):
    face_chw = face_input(np.full((height, width), shade, np.uint8))

    assert face_chw.shape == (1, 48, 48)
    assert face_chw == pytest.approx((shade / 255 - 0.5) / 0.25, abs=1e-5)
