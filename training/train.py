"""python -m training.train --data DIR --out DIR [--resume] [--epochs N] [--minutes N] [--KNOB VALUE ...]

DIR with the data holds fer2013.csv and fer2013new.csv, plain or as .xz or .gz. The folder of the run gets metrics.jsonl
(one line an epoch), last.pt (for `--resume`) and best.pt (the averaged weights that were best on PublicTest so far, by
the FER head's accuracy on FER's labels and the FER+ head's on the majority of the votes, weighed as their losses are).
A run that would end too late can be resumed with fewer `--epochs`, on whose schedule it then goes on; `--minutes`
lowers them after each epoch to what fits at the pace so far. The same figures go to Weights & Biases: into the run's
folder only, unless you are logged in; WANDB_MODE=disabled leaves it out.
`--help` lists every knob with its meaning.
"""

import dataclasses
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm  # type: ignore[import-untyped]

from functions.infer.preprocess import FACE_SIZE_PX
from training import checkpoint
from training.augment import augment, mixing, shrunk
from training.checkpoint import Checkpoint, CheckpointError
from training.command_line import one_line_for, parser_of
from training.data import (
    DataError,
    Faces,
    Usage,
    chunks,
    data_sha256,
    ferplus_majority,
    load_faces,
    network_input,
    vote_shares,
    without_test_copies,
)
from training.knobs import Knobs, add_knobs, knobs_from
from training.model import EmotionNet
from training.optimisation import parameter_groups, rate_share, two_head_loss
from training.pace import Pace, fitting
from training.processor import has_bf16
from training.provenance import machine
from training.tracking import Tracker


def best_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def bf16_is_faster(device: torch.device) -> bool:
    """Whether bfloat16 autocast pays: on CUDA, and on CPUs that multiply it. Elsewhere it costs a third more.

    On two CPUs of a Zen 5 (AVX-512's bfloat16, no AMX) an epoch takes half of float32's time (LOG.md).
    """
    return device.type == "cuda" or has_bf16()


class Run:
    """One training run: the network, its running average, and everything that advances them epoch by epoch."""

    def __init__(self, training: Faces, test: Faces, knobs: Knobs) -> None:
        torch.manual_seed(knobs.seed)
        self.knobs = knobs
        self.training = training
        self.test = test
        self.shares = vote_shares(training.votes)
        self.pace = Pace(knobs.threads)
        self.device = best_device()
        self.autocast = bf16_is_faster(self.device)
        torch.backends.cudnn.benchmark = True  # on CUDA only: the fastest kernel for each shape is looked for once
        self.epoch = 0
        self.wall_s = 0.0  # spent in all epochs so far, resumed ones included
        self.cpu_s = 0.0
        self.generator = torch.Generator(self.device).manual_seed(knobs.seed)
        self.net = EmotionNet(knobs.width, knobs.stem_stride).to(memory_format=torch.channels_last).to(self.device)
        # Buffers too: batch norm's statistics must belong to the averaged weights.
        average = get_ema_multi_avg_fn(knobs.ema_decay)  # type: ignore[no-untyped-call]
        self.ema = AveragedModel(self.net, multi_avg_fn=average, use_buffers=True)
        self.optimizer = torch.optim.SGD(
            parameter_groups(self.net, knobs.weight_decay), lr=knobs.lr_max, momentum=knobs.momentum, nesterov=True
        )
        steps = math.ceil(len(training) / knobs.batch_size)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: rate_share(step / (steps * self.knobs.epochs), knobs.warmup_epochs / self.knobs.epochs),
        )

    def begin(self) -> None:
        """The network is the one that the knobs name, if they name one. Raises: CheckpointError."""
        if not self.knobs.start_from:
            return
        path = Path(self.knobs.start_from)
        begun_with = checkpoint.load_weights(path)
        checkpoint.require_network(begun_with, self.knobs, path)
        self.net.load_state_dict(begun_with.ema)

    def train_epoch(self) -> dict[str, Any]:
        """Trains for one epoch; its line of metrics (seconds of wall clock and of CPU, losses in nats)."""
        wall_start_s, cpu_start_s = time.perf_counter(), time.process_time()
        lr, side_px = self.scheduler.get_last_lr()[0], self._side_px()
        losses = [self._step(*batch) for batch in self._batches()]
        tested = self._test()
        wall_s, cpu_s = time.perf_counter() - wall_start_s, time.process_time() - cpu_start_s
        self.epoch += 1
        self.wall_s += wall_s
        self.cpu_s += cpu_s
        return {
            "epoch": self.epoch,
            "lr": lr,
            "train_loss": sum(losses) / len(losses),
            **tested,
            "side_px": side_px,
            "wall_s": round(wall_s, 2),
            "cpu_s": round(cpu_s, 2),
            "total_wall_s": round(self.wall_s, 2),
            "total_cpu_s": round(self.cpu_s, 2),
            "bf16": self.autocast,
            "torch": str(torch.__version__),  # torch's own type would not load as plain data
            "machine": machine(),
        }

    def state(self, metrics: dict[str, Any]) -> Checkpoint:
        """Everything that `restore` needs."""
        return Checkpoint(
            knobs=self.knobs,
            epoch=self.epoch,
            model=self.net.state_dict(),
            ema=self.ema.module.state_dict(),
            optimizer=self.optimizer.state_dict(),
            scheduler=self.scheduler.state_dict(),
            generator=self.generator.get_state(),
            metrics=metrics,
        )

    def restore(self, saved: Checkpoint) -> None:
        """Continues after the saved epoch; with fewer epochs than it was begun with, on the shorter run's schedule.

        Raises: CheckpointError if it was made with other knobs, or has more epochs behind it than this run shall have.
        """
        if dataclasses.replace(saved.knobs, epochs=self.knobs.epochs) != self.knobs:
            raise CheckpointError(f"the checkpoint's knobs differ: {saved.knobs} instead of {self.knobs}")
        if not saved.epoch <= self.knobs.epochs <= saved.knobs.epochs:
            raise CheckpointError(
                f"{self.knobs.epochs} epochs: the checkpoint has {saved.epoch} of {saved.knobs.epochs} behind it"
            )
        self.epoch = saved.epoch
        self.wall_s, self.cpu_s = saved.metrics["total_wall_s"], saved.metrics["total_cpu_s"]
        self.net.load_state_dict(saved.model)
        self.ema.module.load_state_dict(saved.ema)
        self.optimizer.load_state_dict(saved.optimizer)
        self.scheduler.load_state_dict(saved.scheduler)
        self.scheduler.last_epoch -= 1  # and forward again: the saved rate is that of the saved number of epochs
        self.scheduler.step()
        self.ema.n_averaged.fill_(self.scheduler.last_epoch)  # steps done; at 0 the average would start afresh
        self.generator.set_state(saved.generator)

    def _batches(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Augmented faces (n, 1, 48, 48), labels (n,) and vote shares (n, 7), in random order; the last may be less."""
        with self.device:  # so that what is drawn or made without naming a device is there
            order = torch.randperm(len(self.training), generator=self.generator)
        # disable=None: no bar where the output is not a terminal.
        steps = list(chunks(order.cpu().numpy(), self.knobs.batch_size))
        for places in tqdm(steps, desc=f"epoch {self.epoch + 1}", disable=None):
            self.pace.next_step()
            x_nchw = torch.from_numpy(network_input(self.training.gray_nhw[places])).to(self.device)
            with self.device:
                x_nchw = augment(x_nchw, self.knobs, self.generator)
            x_nchw = shrunk(x_nchw, self._side_px())
            yield x_nchw, torch.from_numpy(self.training.labels[places]), torch.from_numpy(self.shares[places])

    def _side_px(self) -> int:
        """Of the faces in the epoch that comes next."""
        is_small = self.epoch < self.knobs.small_share * self.knobs.epochs
        return self.knobs.small_side_px if is_small else FACE_SIZE_PX

    def _step(self, x_nchw: Tensor, labels: Tensor, shares: Tensor) -> float:
        self.net.train()
        with self.device:
            kept, others = mixing(len(x_nchw), self.knobs, self.generator)
        if kept < 1:
            x_nchw = kept * x_nchw + (1 - kept) * x_nchw[others]
        x_nchw = x_nchw.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.autocast):
            logits = self.net(x_nchw)
        labels, shares = labels.to(self.device), shares.to(self.device)
        loss = kept * two_head_loss(logits.float(), labels, shares, self.knobs)
        if kept < 1:
            loss = loss + (1 - kept) * two_head_loss(logits.float(), labels[others], shares[others], self.knobs)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.scheduler.step()
        self.ema.update_parameters(self.net)
        return loss.item()

    @torch.inference_mode()
    def _test(self) -> dict[str, Any]:
        """Accuracy and mean loss (nats) of the averaged network's heads on the test faces, each by its own labels."""
        self.ema.eval()
        logits = torch.cat(
            [
                self.ema(torch.from_numpy(network_input(gray_nhw)).to(self.device)).float().cpu()
                for gray_nhw in chunks(self.test.gray_nhw)
            ]
        )
        fer, ferplus = logits.unbind(dim=1)
        labels, majority = torch.from_numpy(self.test.labels), torch.from_numpy(ferplus_majority(self.test.votes))
        voted = majority >= 0
        share = self.knobs.fer_share  # a head that is not trained must not choose the checkpoint
        accuracy = (fer.argmax(dim=1) == labels).double().mean().item()
        ferplus_accuracy = (ferplus.argmax(dim=1) == majority)[voted].double().mean().item()
        return {
            "public_test_loss": functional.cross_entropy(fer, labels).item(),
            "public_test_accuracy": accuracy,
            "public_test_n": len(labels),
            "public_test_ferplus_loss": functional.cross_entropy(ferplus[voted], majority[voted]).item(),
            "public_test_ferplus_accuracy": ferplus_accuracy,
            "public_test_ferplus_n": int(voted.sum()),
            "public_test_mean_accuracy": share * accuracy + (1 - share) * ferplus_accuracy,
        }


def train(run: Run, out: Path, *, resume: bool, hashes: Mapping[str, str], minutes: float) -> None:
    """Trains all epochs, or those that fit; checkpoints, metrics and tracking are in `out`. Raises: CheckpointError."""
    out.mkdir(parents=True, exist_ok=True)
    last, best, log = out / "last.pt", out / "best.pt", out / "metrics.jsonl"
    if resume:
        run.restore(checkpoint.load(last))
    elif last.exists():
        raise CheckpointError(f"{last} exists: continue it with --resume or choose another folder")
    else:
        run.begin()
    best_accuracy = checkpoint.load(best).metrics["public_test_mean_accuracy"] if best.exists() else 0.0
    tracker = Tracker(out, _config(run.knobs, hashes), resume=resume)
    if resume:
        tracker.catch_up(log)
    asked, begun, began_s = run.knobs, run.epoch, time.perf_counter()
    while run.epoch < run.knobs.epochs:
        metrics = run.train_epoch()
        state = run.state(metrics)
        checkpoint.save(state, last)
        if metrics["public_test_mean_accuracy"] > best_accuracy:
            best_accuracy = metrics["public_test_mean_accuracy"]
            checkpoint.save(state, best)
        _write_down(metrics, log)
        tracker.log(metrics)
        took_s = time.perf_counter() - began_s
        fit = fitting(asked.epochs - begun, run.epoch - begun, took_s, minutes)
        run.knobs = dataclasses.replace(asked, epochs=begun + fit)
    tracker.finish()


def _write_down(metrics: Mapping[str, Any], log: Path) -> None:
    line = json.dumps(metrics)
    with log.open("a") as stream:
        stream.write(line + "\n")
    print(line, flush=True)


def _config(knobs: Knobs, hashes: Mapping[str, str]) -> dict[str, Any]:
    """What decided the run, without a folder's name."""
    begun_with = Path(knobs.start_from).name
    return {**dataclasses.asdict(knobs), "start_from": begun_with, "data_sha256": hashes, "machine": machine()}


def main(argv: Sequence[str] | None = None) -> None:
    """The command line. Unknown options fail, and so do abbreviated ones."""
    parser = parser_of(__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of this run")
    parser.add_argument("--resume", action="store_true", help="go on after the last epoch in --out")
    parser.add_argument("--minutes", type=float, default=0, help="of training, in which --epochs end; 0 is no limit")
    add_knobs(parser)
    options = parser.parse_args(argv)
    with one_line_for(parser, DataError, CheckpointError):
        loaded = load_faces(options.data, Usage.TRAINING, Usage.PUBLIC_TEST)
        faces = without_test_copies(loaded)
        print(f"{len(loaded) - len(faces)} Training faces removed: byte-identical to a test face", flush=True)
        run = Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), knobs_from(vars(options)))
        hashes = data_sha256(options.data)
        train(run, options.out, resume=options.resume, hashes=hashes, minutes=options.minutes)


if __name__ == "__main__":
    main()
