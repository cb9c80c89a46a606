"""Train the denoiser in two phases; resumes from work/checkpoint.pt.

Phase 1 learns to fill masks; phase 2 also sees damaged text, and the error head learns where it is wrong. The schedule
counts steps. Where the configuration gives `minutes` instead, the speed of the first minute decides how many there are;
a run that gives that number as `steps` has the same schedule. Of a list of numbers, each is the end of a schedule, and
the next one goes on from there as if it had been meant from the start. With `--run-minutes` a run saves and ends after
that time, unfinished; the next one goes on. Exit status 3 says that it is unfinished.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import math
import multiprocessing
import os
import sys
import time

import numpy
import torch
import torch.distributed as dist
import yaml
from tokenizers import Tokenizer
from torch.nn import functional as F

import noise
import start
from model import Denoiser, Shape
from settings import HERE, TOKENIZER, WORK

UNFINISHED = 3
TRIAL = 60  # seconds after which the number of steps is decided
MARGIN = 0.96  # of the time that is left then


def learning_rate(config, step, progress):
    """Warm-up, stable, decay: the factor on the learning rate at `progress` 0 to 1."""
    if step < config["warmup_steps"]:
        return (step + 1) / config["warmup_steps"]
    return min(1.0, max(0.0, (1.0 - progress) / config["decay"])) * 0.98 + 0.02


def optimizers(network, config):
    """Muon for the matrices of the layers, AdamW for the rest."""
    matrices = [p for n, p in network.named_parameters() if p.dim() == 2 and ".layers." in n]
    known = {id(p) for p in matrices}
    rest = [p for p in network.parameters() if id(p) not in known]
    rate, decay = config["learning_rate"], config["weight_decay"]
    return [torch.optim.Muon(matrices, lr=rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw",
                             ns_steps=config["muon_steps"]),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)]


def losses(network, hidden, targets, weights, wrong, judged, config):
    """The weighted cross-entropy, per token of the batch, and the error head's loss."""
    chosen = weights > 0
    picked = F.cross_entropy(network.logits(hidden[chosen]), targets[chosen], reduction="none")
    loss = (picked * weights[chosen]).sum() / targets.numel()
    if judged.sum() == 0:
        return loss, loss.new_zeros(())
    factors = judged * torch.where(wrong > 0, config["error_positive"], 1.0)
    terms = F.binary_cross_entropy_with_logits(network.error(hidden), wrong, reduction="none")
    return loss, (terms * factors).sum() / factors.sum()


class Run:
    """The state of a training run, and how it is saved and restored."""

    def __init__(self, config):
        self.config = config
        torch.manual_seed(config["seed"])
        self.device = torch.device(config["device"])
        self.network = Denoiser(Shape(**config["shape"])).to(self.device)
        if "start" in config:
            self.network.load_state_dict(start.weights(config["start"]))
        self.average = {n: p.detach().clone() for n, p in self.network.named_parameters()}
        self.optimizers = optimizers(self.network, config)
        self.step, self.seconds, self.tokens = 0, 0.0, 0
        self.ends = numpy.atleast_1d(config.get("steps", [])).tolist()
        self.path = WORK / "checkpoint.pt"

    def save(self):
        state = {"config": self.config, "network": self.network.state_dict(), "average": self.average,
                 "optimizers": [o.state_dict() for o in self.optimizers],
                 "step": self.step, "ends": self.ends, "seconds": self.seconds, "tokens": self.tokens}
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self.path)

    def restore(self):
        state = torch.load(self.path, map_location=self.device, weights_only=True)
        if state["config"]["shape"] != self.config["shape"]:
            raise SystemExit(f"{self.path} has another shape; move it away to train anew")
        self.network.load_state_dict(state["network"])
        self.average = state["average"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        self.step, self.ends = state["step"], self.ends or state["ends"]  # a configuration may add one
        self.seconds, self.tokens = state["seconds"], state["tokens"]

    def progress(self, step=None):
        """How far the schedule is at a step, by default the next one, from 0 to 1; 0 while its length is not known."""
        step = self.step if step is None else step
        return next((step / end for end in self.ends if step < end), 1.0 if self.ends else 0.0)

    def decide_steps(self):
        """Sets the number of steps once the speed is known."""
        if not self.ends and self.seconds >= TRIAL:
            left = 60.0 * self.config["minutes"] - self.seconds
            self.ends = [max(self.step + 1, int(self.step * (1 + MARGIN * left / self.seconds)))]

    def update_average(self):
        decay = min(self.config["ema"], (1 + self.step) / (10 + self.step))
        parameters = dict(self.network.named_parameters())
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), [parameters[n] for n in self.average], 1.0 - decay)


def share_gradients(run, seconds):
    """Averages the gradients, and the seconds of the step, over all processes; returns the seconds."""
    if not dist.is_initialized():
        return seconds
    gradients = [p.grad for p in run.network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients] + [gradients[0].new_tensor([seconds])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    start = 0
    for gradient in gradients:
        gradient.copy_(flat[start:start + gradient.numel()].view_as(gradient))
        start += gradient.numel()
    return float(flat[-1])


class Batches:
    """The batches of a run in order; with `workers`, processes make them ahead, since a GPU would wait for them."""

    def __init__(self, run, corpus, vocabulary, rank, processes):
        self.run, self.rank, self.processes = run, rank, processes
        self.sources = corpus, vocabulary, run.config
        workers = run.config.get("workers", 0)
        self.ahead = 2 * workers
        self.pool = None
        if workers:
            # Not forked, since a process that uses a GPU must not be.
            self.pool = concurrent.futures.ProcessPoolExecutor(
                workers, multiprocessing.get_context("spawn"), Batches.remember, (self.sources,))
        self.pending = collections.deque()
        self.next = run.step

    @staticmethod
    def remember(sources):
        Batches.known = sources

    @staticmethod
    def make(number, progress):
        corpus, vocabulary, config = Batches.known
        return noise.batch(corpus, vocabulary, config, number, progress)

    def fill(self):
        while len(self.pending) < self.ahead:
            number = self.next * self.processes + self.rank
            self.pending.append(self.pool.submit(Batches.make, number, self.run.progress(self.next)))
            self.next += 1

    def wait(self):
        """Returns when the processes have started and the first batch is there."""
        if self.pool:
            self.fill()
            self.pending[0].result()

    def take(self):
        """The batch of the run's next step."""
        if not self.pool:
            number = self.run.step * self.processes + self.rank
            return noise.batch(*self.sources, number, self.run.progress())
        self.fill()
        return self.pending.popleft().result()

    def close(self):
        if self.pool:
            self.pool.shutdown(cancel_futures=True)


def compile_layers(run):
    """Compiles the layers, which share the code of one, for all lengths, before the clock of the schedule starts."""
    for layer in run.network.model.layers:
        layer.compile(dynamic=False)
    def pass_through(length, *texts):
        tokens = torch.zeros(run.config["tokens_per_step"] // length, length, dtype=torch.int64, device=run.device)
        with torch.autocast(run.device.type, torch.bfloat16):
            hidden = run.network.model(tokens, *(tokens.to(text) for text in texts))
        hidden.sum().backward()

    for length in sorted(set(run.config["lengths"])):
        pass_through(length)
    if "packed" in run.config:
        pass_through(run.config["packed_length"], torch.uint8)
    run.network.zero_grad(set_to_none=True)


def train(run, corpus, vocabulary, rank=0, processes=1, run_minutes=math.inf):
    """Returns whether the schedule is finished."""
    config = run.config
    if config["compile"]:
        compile_layers(run)
    first = saved = logged = run.seconds
    recent = []
    batches = Batches(run, corpus, vocabulary, rank, processes)
    log = open(WORK / "log.jsonl" if rank == 0 else os.devnull, "a", buffering=1)
    batches.wait()
    started = time.monotonic()
    while (progress := run.progress()) < 1.0:
        factor = learning_rate(config, run.step, progress)
        for optimizer in run.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = config["learning_rate"] * factor
        tensors = [torch.from_numpy(array).to(run.device) for array in batches.take()]
        with torch.autocast(run.device.type, torch.bfloat16):
            hidden = run.network.model(tensors[0], *tensors[5:])
            loss, error = losses(run.network, hidden, *tensors[1:5], config)
        (loss + config["error_weight"] * error).backward()
        now = time.monotonic()
        seconds, started = share_gradients(run, now - started), now
        norm = torch.nn.utils.clip_grad_norm_(run.network.parameters(), config["clip"])
        if math.isfinite(float(norm)):
            for optimizer in run.optimizers:
                optimizer.step()
        for optimizer in run.optimizers:
            optimizer.zero_grad(set_to_none=True)
        run.step += 1
        run.tokens += tensors[0].numel() * processes
        run.seconds += seconds
        run.decide_steps()
        run.update_average()
        recent.append((float(loss.detach()), float(error.detach())))
        if run.seconds - logged >= 20:
            rate = len(recent) * tensors[0].numel() * processes / (run.seconds - logged)
            means = [sum(column) / len(recent) for column in zip(*recent)]
            print(json.dumps({"step": run.step, "seconds": round(run.seconds), "progress": round(progress, 4),
                              "loss": round(means[0], 4), "error": round(means[1], 4), "norm": round(float(norm), 3),
                              "tokens_per_second": round(rate)}), file=log)
            logged, recent = run.seconds, []
        if run.seconds - saved >= 60 * config["checkpoint_minutes"]:
            if rank == 0:
                run.save()
            saved = run.seconds
        if run.seconds - first >= 60 * run_minutes:
            break
    batches.close()
    if rank == 0:
        run.save()
        print(json.dumps({"step": run.step, "ends": run.ends, "tokens": run.tokens, "seconds": round(run.seconds),
                          "progress": round(run.progress(), 4)}))
    return run.progress() >= 1.0


def work(rank, config, run_minutes):
    processes = config["processes"]
    torch.set_num_threads(config["threads"])
    if processes > 1:
        rendezvous = f"file://{WORK}/rendezvous"
        dist.init_process_group("gloo", init_method=rendezvous, rank=rank, world_size=processes)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    corpus = noise.Corpus("train")
    vocabulary = noise.Vocabulary(tokenizer, corpus.frequencies(tokenizer.get_vocab_size()))
    run = Run(config)
    with contextlib.suppress(FileNotFoundError):
        run.restore()
    if not train(run, corpus, vocabulary, rank, processes, run_minutes):
        sys.exit(UNFINISHED)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default=str(HERE / "small.yml"))
    parser.add_argument("--run-minutes", type=float, default=math.inf, help="save and end after this time")
    options = parser.parse_args()
    with open(options.config) as stream:
        config = yaml.safe_load(stream)
    (WORK / "rendezvous").unlink(missing_ok=True)
    if config["processes"] > 1:
        try:
            torch.multiprocessing.spawn(work, args=(config, options.run_minutes), nprocs=config["processes"])
        except torch.multiprocessing.ProcessExitedException as error:
            sys.exit(error.exit_code)
    else:
        work(0, config, options.run_minutes)


if __name__ == "__main__":
    main()
