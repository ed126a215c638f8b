"""Augmentation does to a batch what it says, keeps the network's range, and draws only from its own generator."""

import dataclasses

import numpy as np
import pytest
import torch

from functions.infer.preprocess import MEAN, STD
from tests.training.tiny import STILL
from training.augment import augment, mixing, shrunk
from training.camera import photographed
from training.knobs import Knobs


def gray_faces(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(40, 216, (n, 48, 48)).astype(np.uint8)


def as_input(gray_nhw: np.ndarray) -> torch.Tensor:
    return (torch.from_numpy(gray_nhw).float().unsqueeze(1) / 255 - MEAN) / STD


def test_augment_with_all_knobs_at_zero_changes_nothing():
    x_nchw = torch.rand(4, 1, 48, 48) * 4 - 2

    torch.testing.assert_close(augment(x_nchw, STILL, torch.Generator()), x_nchw, atol=1e-4, rtol=0)


def test_augment_with_flip_probability_one_mirrors_every_face():
    x_nchw = torch.rand(4, 1, 48, 48) * 4 - 2
    knobs = Knobs(**{**vars(STILL), "flip_probability": 1.0})

    torch.testing.assert_close(augment(x_nchw, knobs, torch.Generator()), x_nchw.flip(3), atol=1e-4, rtol=0)


def test_augment_erases_a_box_of_mid_gray():
    knobs = Knobs(**{**vars(STILL), "erase_probability": 1.0})

    hidden = augment(torch.ones(50, 1, 48, 48), knobs, torch.Generator().manual_seed(1)) == 0

    share = hidden.float().mean(dim=(1, 2, 3))
    assert (share > 0.03).all()
    assert (share < 0.27).all()


def test_augment_keeps_the_range_of_the_network_input():
    x_nchw = torch.rand(64, 1, 48, 48) * 4 - 2

    changed = augment(x_nchw, Knobs(), torch.Generator().manual_seed(1))

    assert changed.shape == x_nchw.shape
    assert changed.abs().max() <= 2
    assert not torch.equal(changed, x_nchw)


@pytest.mark.parametrize("fault", ["blur", "dark", "side_light", "noise", "jpeg"])
def test_each_camera_fault_changes_the_chosen_share_of_the_faces_only(fault):
    x_nchw = as_input(gray_faces(200))
    knobs = dataclasses.replace(STILL, **{f"{fault}_probability": 0.25})

    changed = (photographed(x_nchw, knobs, torch.Generator().manual_seed(1)) - x_nchw).abs().amax(dim=(1, 2, 3)) > 0.02

    assert 30 <= changed.sum() <= 70


def test_darkness_leaves_a_face_darker_on_average_and_never_brighter_than_its_gamma():
    x_nchw = as_input(np.full((100, 48, 48), 200, dtype=np.uint8))
    knobs = dataclasses.replace(STILL, dark_probability=1.0, dark_light_share=0.15, gamma=1.5)

    gray = (photographed(x_nchw, knobs, torch.Generator().manual_seed(1)) * STD + MEAN).mean(dim=(1, 2, 3)) * 255

    assert gray.min() > 20  # 255 * (200/255)**1.5 * 0.15 = 27
    assert gray.max() < 220  # 255 * (200/255)**(1/1.5) = 217
    assert 60 < gray.mean() < 130


def test_noise_has_at_most_the_standard_deviation_of_its_knob():
    x_nchw = as_input(np.full((100, 48, 48), 128, dtype=np.uint8))
    knobs = dataclasses.replace(STILL, noise_probability=1.0, noise_gray=16.0)

    std_gray = photographed(x_nchw, knobs, torch.Generator().manual_seed(1)).std(dim=(1, 2, 3)) * STD * 255

    assert std_gray.max() < 17
    assert 6 < std_gray.mean() < 10


def test_probability_zero_draws_nothing_so_a_run_without_it_stays_the_same():
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()

    photographed(as_input(gray_faces(2)), STILL, generator)

    assert torch.equal(generator.get_state(), before)


def test_mixing_is_drawn_from_the_generator_alone():
    first, second = (mixing(16, Knobs(mixup_alpha=0.4), torch.Generator().manual_seed(7)) for _ in range(2))

    assert first[0] == second[0]
    assert torch.equal(first[1], second[1])
    assert 0 <= first[0] <= 1
    assert first[1].sort().values.tolist() == list(range(16))


def test_mixing_without_alpha_keeps_every_face_whole():
    kept, others = mixing(4, STILL, torch.Generator())

    assert kept == 1.0
    assert others.tolist() == [0, 1, 2, 3]


def test_shrunk_faces_keep_their_mean_and_do_not_alias():
    stripes = torch.ones(1, 1, 48, 48)
    stripes[..., ::2] = -1

    small = shrunk(stripes, 24)

    assert small.shape == (1, 1, 24, 24)
    assert small[..., 2:-2].abs().max() < 0.01
    assert shrunk(stripes, 48) is stripes
