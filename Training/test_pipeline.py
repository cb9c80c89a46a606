"""Tests of the pipeline that need neither the corpus nor a trained model: `make -C Training test`."""

import json
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy
import torch
import yaml
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

import contamination
import corpus
import noise
import proposals
import train
from model import Denoiser, Shape, attend, restored, stored
from settings import HERE, LANGUAGES, MANIFEST
from tokenizer import MASK, PAD, PATTERN, SPECIAL


def byte_tokenizer():
    """The real pre-tokenizer over single bytes, with some merged tokens of structure."""
    words = SPECIAL + sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("Ċ", "Ġ"), ("i", "f")]
    words += ["".join(pair) for pair in merges]
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(words)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def pieces(text):
    splitter = pre_tokenizers.Split(Regex(PATTERN), behavior="isolated")
    return [piece for piece, _ in splitter.pre_tokenize_str(text)]


class Pieces(unittest.TestCase):
    def test_pieces_end_where_lexemes_do(self):
        self.assertEqual(pieces("snake_case2 = f(x,\t1234)\r\n    \"a\\nfoo\"\n\n"),
                         ["snake_case", "2", " ", "=", " ", "f", "(", "x", ",", "\t", "123", "4", ")", "\r\n    ",
                          '"', "a", "\\n", "foo", '"', "\n", "\n"])

    def test_every_text_is_covered(self):
        for text in ["", "\\", "\\\n", "\r\r\n", "\u00a0\f\v", "é\u0301x", "\U0001f600\u2028"]:
            self.assertEqual("".join(pieces(text)), text)


class Noise(unittest.TestCase):
    def setUp(self):
        tokenizer = byte_tokenizer()
        self.vocabulary = noise.Vocabulary(tokenizer, numpy.ones(tokenizer.get_vocab_size(), dtype=numpy.int64))
        self.text = "if (x) {\n return [1, 2];\n}\n" * 12
        self.tokens = numpy.array(tokenizer.encode(self.text).ids)

    def test_damage_keeps_the_arrays_aligned_and_marks_what_it_did(self):
        rng = numpy.random.default_rng(1)
        for _ in range(300):
            visible, targets, wrong = noise.damage(self.tokens, "c", 1, self.vocabulary, rng)
            self.assertEqual(len(visible), len(targets))
            self.assertEqual(len(visible), len(wrong))
            unchanged = len(visible) == len(self.tokens) and (visible == self.tokens).all()
            self.assertTrue(unchanged or 1 <= wrong.sum() <= 2)
            if len(visible) >= len(self.tokens):
                kept = targets[targets != PAD]
                self.assertEqual(sorted(kept), sorted(self.tokens))

    def test_holes_hide_spans_and_end_them_with_pad(self):
        rng = numpy.random.default_rng(2)
        none = numpy.zeros(len(self.tokens), dtype=bool)
        for _ in range(300):
            short = bool(rng.random() < 0.5)
            visible, targets, wrong = noise.holes(
                self.tokens, self.tokens, none, 96, 0.3, rng, self.vocabulary, short)
            self.assertEqual(len(visible), 96)
            shown = (visible != MASK)
            self.assertTrue((visible[shown] == targets[shown]).all())
            kept = "".join(self.vocabulary.texts[t] for t in targets[targets != PAD])
            self.assertTrue(self.text.startswith(kept))
            self.assertFalse(wrong.any())


    def test_damaged_text_has_the_tokens_that_a_tokenizer_makes_of_it(self):
        tokenizer = byte_tokenizer()
        rng = numpy.random.default_rng(3)
        seen = set()
        for round in range(600):
            visible, targets, wrong = noise.damage(self.tokens, "c", 1, self.vocabulary, rng, round % 2)
            self.assertEqual((len(targets), len(wrong)), (len(visible), len(visible)))
            text = tokenizer.decode(visible.tolist(), skip_special_tokens=False)
            if "\ufffd" not in text:  # half a character
                self.assertEqual(tokenizer.encode(text).ids, visible.tolist(), text)
            self.assertEqual(text != self.text, bool(wrong.any()))
            seen.add(text)
        self.assertGreater(len(seen), 300)

    def test_a_word_run_together_is_wrong_where_something_is_missing(self):
        text = noise.Damaged(numpy.array(byte_tokenizer().encode("i.f(x)\n").ids), self.vocabulary)
        text.drop(1)
        visible, targets, wrong = text.arrays()
        self.assertEqual([self.vocabulary.texts[token] for token in visible], ["if", "(", "x", ")", "\n"])
        self.assertEqual(wrong.tolist(), [True, False, False, False, False])
        self.assertEqual(targets.tolist(), visible.tolist())

    def test_fragments_are_lines_without_their_common_indentation(self):
        text = "def f():\n if x:\n  y()\n\n  z()\n return\n"
        corpus = noise.Corpus.__new__(noise.Corpus)
        ids = byte_tokenizer().encode(text * 40).ids
        corpus.streams = {"python": numpy.array(ids, dtype=numpy.uint16)}
        tokenizer, rng = byte_tokenizer(), numpy.random.default_rng(4)
        # The vocabulary has a line end with one blank, so that is what can be taken away.
        texts = {tokenizer.decode(corpus.fragment("python", 60, self.vocabulary, rng).tolist()) for _ in range(300)}
        for found in texts:
            self.assertTrue(found.endswith("\n") and found[0] != " ", repr(found))
        self.assertIn("return\n", texts)
        self.assertIn("if x:\n  y()\n\n  z()\nreturn\n".replace("\n  ", "\n "), texts)

    def test_holes_may_end_with_a_line_end_whose_indentation_stays(self):
        rng = numpy.random.default_rng(5)
        none = numpy.zeros(len(self.tokens), dtype=bool)
        texts, newline = self.vocabulary.texts, self.vocabulary.newline
        found = 0
        for _ in range(500):
            visible, targets, _ = noise.holes(self.tokens, self.tokens, none, 96, 0.3, rng, self.vocabulary, True)
            for place in range(1, 96):
                before = targets[:place][targets[:place] != PAD]
                found += bool(texts[visible[place]] == " " and visible[place - 1] == MASK and len(before)
                              and newline[before[-1]])
        self.assertGreater(found, 5)

    def test_short_texts_share_rows(self):
        corpus = noise.Corpus.__new__(noise.Corpus)
        corpus.streams = {"c": numpy.concatenate((self.tokens.repeat(1), self.tokens, self.tokens)).astype(numpy.uint16)}
        config = {"seed": 1, "lengths": [32], "packed": 1.0, "packed_length": 128, "short_limit": 40, "human": 0.5,
                  "tokens_per_step": 1024, "mixture": {"c": 1.0}, "damage_from": 0.0, "short_holes_from": 0.0,
                  "clean_share": 0.1, "clean_weight": 0.05, "proposals": 0.5}
        proposal = numpy.array(self.tokens[:7]), numpy.array(self.tokens[:7]), numpy.arange(7) == 3
        corpus.proposals, corpus.right = {"c": [proposal]}, {"c": []}
        for step in range(20):
            visible, targets, weights, wrong, judged, texts = noise.batch(corpus, self.vocabulary, config, step, 0.5)
            self.assertEqual(visible.shape, (8, 128))
            self.assertGreater(texts.max(), 2)
            self.assertTrue((visible[texts == 0] == PAD).all())
            self.assertFalse(weights[texts == 0].any() or judged[texts == 0].any())
            self.assertTrue((numpy.diff(texts.astype(int), axis=1)[texts[:, 1:] > 0] <= 1).all())


class Proposals(unittest.TestCase):
    def test_what_a_proposal_has_wrong_is_marked(self):
        self.assertEqual(proposals.judged([5, 6, 7], [5, 6, 7]), ([5, 6, 7], [False] * 3))
        # Something is missing in front of the second one.
        self.assertEqual(proposals.judged([5, 7], [5, 6, 7]), ([5, 7], [False, True]))
        self.assertEqual(proposals.judged([5, 6], [5, 6, 7]), ([5, 6], [False, True]))
        self.assertEqual(proposals.judged([5, 6, 7], [5, 7]), ([5, PAD, 7], [False, True, False]))
        self.assertEqual(proposals.judged([5, 9, 7], [5, 6, 7]), ([5, 6, 7], [False, True, False]))

    def test_edits_count_bytes_of_the_broken_text(self):
        def edit(start, end, inserted):
            return {"start": {"byte": start}, "end": {"byte": end}, "inserted": inserted}
        self.assertEqual(proposals.applied([edit(0, 1, "xy"), edit(3, 3, ")")], b"a(b\n"), b"xy(b)\n")


class Contamination(unittest.TestCase):
    def test_planted_text_is_found_whatever_its_layout(self):
        lines = "\n".join(f"    value_{i} = call({i})" for i in range(30))
        known = numpy.unique(contamination.shingles(lines))
        self.assertTrue(contamination.shared("import os\n" + lines.replace("    ", "\t"), known))
        self.assertTrue(contamination.shared(lines.replace("\n", "\n\n"), known))
        self.assertFalse(contamination.shared("import os\n" * 30, known))

    def test_near_duplicates_are_dropped(self):
        text = "\n".join(f"line {i}" for i in range(40))
        seen = corpus.Duplicates()
        self.assertTrue(seen.add(text))
        self.assertFalse(seen.add(text + "\n"))
        self.assertFalse(seen.add(text.replace("line 39", "other")))
        self.assertTrue(seen.add("\n".join(f"row {i}" for i in range(40))))


class Files(unittest.TestCase):
    def test_unwanted_files_are_left_out(self):
        body = "def f(x):\n    return x + 1\n\n\n" * 10
        self.assertEqual(corpus.clean("a.py", "python", ("# Copyright A\n\n" + body).encode()), body)
        self.assertIsNone(corpus.clean("a.py", "python", ("# Generated by B, do not edit\n" + body).encode()))
        self.assertIsNone(corpus.clean("a.py", "python", ("# GNU General Public License\n" + body).encode()))
        self.assertIsNone(corpus.clean("a.py", "python", body.replace("return", "print").encode()))
        self.assertIsNone(corpus.clean("_vendor/a.py", "python", body.encode()))
        self.assertIsNone(corpus.clean("a.json", "json", (b'{"a": NaN}' + b" " * 300)))


class Training(unittest.TestCase):
    SHAPE = {"vocab_size": 8, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "head_dim": 8,
             "intermediate_size": 8}

    def test_learning_rate_warms_up_and_decays(self):
        config = {"warmup_steps": 20, "decay": 0.3}
        rates = [train.learning_rate(config, s, s / 1000) for s in (0, 10, 300, 850, 1000)]
        self.assertLess(rates[0], rates[1])
        self.assertAlmostEqual(rates[2], 1.0)
        self.assertLess(rates[3], 0.6)
        self.assertAlmostEqual(rates[4], 0.02)

    def test_the_first_minute_decides_the_number_of_steps(self):
        run = train.Run({"seed": 1, "device": "cpu", "shape": self.SHAPE, "minutes": 10, "learning_rate": 0.1,
                         "weight_decay": 0.0, "muon_steps": 1})
        run.step, run.seconds = 100, train.TRIAL - 1
        run.decide_steps()
        self.assertEqual((run.ends, run.progress()), ([], 0.0))
        run.seconds = train.TRIAL
        run.decide_steps()
        self.assertAlmostEqual(run.ends[0], 100 * (1 + train.MARGIN * 9), delta=1)
        self.assertAlmostEqual(run.progress(), 100 / run.ends[0])

    def test_a_schedule_can_go_on_after_its_end(self):
        run = train.Run({"seed": 1, "device": "cpu", "shape": self.SHAPE, "steps": [10, 40], "learning_rate": 0.1,
                         "weight_decay": 0.0, "muon_steps": 1})
        self.assertEqual([run.progress(step) for step in (0, 9, 10, 39, 40)], [0, 0.9, 0.25, 0.975, 1.0])

    def test_attention_on_a_cpu_agrees_with_the_library(self):
        torch.manual_seed(0)
        q, k, v = torch.randn(3, 2, 3, 17, 8)
        expected = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        torch.testing.assert_close(attend(q, k, v), expected)

    def test_stored_weights_are_restored(self):
        torch.manual_seed(0)
        tensors = {"matrix": torch.randn(5, 7), "row": torch.randn(1, 7), "norm": torch.randn(7)}
        back = restored(stored(tensors))
        self.assertEqual(set(back), set(tensors))
        steps = tensors["matrix"].abs().amax(dim=1, keepdim=True) / 127
        self.assertTrue(((back["matrix"] - tensors["matrix"]).abs() <= steps / 2 + 1e-6).all())
        for name in ("row", "norm"):
            torch.testing.assert_close(back[name], tensors[name].to(torch.bfloat16).float(), rtol=0, atol=0)

    def test_texts_of_one_row_do_not_see_each_other(self):
        torch.manual_seed(0)
        network = Denoiser(Shape(vocab_size=32, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, head_dim=8,
                                 intermediate_size=24)).eval()
        row = torch.randint(3, 32, (1, 11))
        with torch.inference_mode():
            packed = network.model(row, torch.tensor([[1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 0]]))
            alone = [network.model(row[:, :4]), network.model(row[:, 4:9])]
        torch.testing.assert_close(packed[:, :9], torch.cat(alone, dim=1))

    def test_every_place_sees_every_other(self):
        network = Denoiser(Shape(vocab_size=32, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, head_dim=8,
                                 intermediate_size=24)).eval()
        first = torch.arange(10)[None]
        second = first.clone()
        second[0, 9] = 20
        with torch.inference_mode():
            change = (network.model(first) - network.model(second)).abs().amax(-1)
        self.assertTrue((change > 0).all())


class Runs(unittest.TestCase):
    """The steps from a packed corpus to a checkpoint, each a process of its own, with a network of a few thousands."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.work = pathlib.Path(self.folder.name)
        tokenizer = byte_tokenizer()
        tokenizer.save(str(self.work / "tokenizer.json"))
        (self.work / "tokens.json").write_text("{}\n")
        text = "if (x) {\n return [1, 2];\n}\n" * 60
        for part in ("train", "valid"):
            for language in LANGUAGES:
                stream = numpy.array(tokenizer.encode(text).ids, dtype=numpy.uint16)
                numpy.save(self.work / f"{part}.{language}.npy", stream)
        self.config = yaml.safe_load((HERE / "small.yml").read_text())
        for key in ("start", "minutes"):
            self.config.pop(key, None)
        self.config |= {
            "steps": 4, "tokens_per_step": 64, "lengths": [32], "processes": 1, "compile": False,
            "shape": {"vocab_size": tokenizer.get_vocab_size(), "hidden_size": 16, "num_hidden_layers": 1,
                      "num_attention_heads": 2, "head_dim": 8, "intermediate_size": 24}}

    def python(self, *arguments):
        (self.work / "config.yml").write_text(yaml.safe_dump(self.config))
        return subprocess.run([sys.executable, *arguments], cwd=HERE, capture_output=True, text=True,
                              env={**os.environ, "ESPALIER_TRAINING_WORK": str(self.work)})

    def train(self, *arguments):
        return self.python("train.py", "--config", str(self.work / "config.yml"), *arguments)

    def weights(self):
        return torch.load(self.work / "checkpoint.pt", weights_only=True)

    def test_a_run_in_parts_is_the_run_in_one(self):
        self.assertEqual(self.train().returncode, 0)
        whole = self.weights()
        (self.work / "checkpoint.pt").unlink()
        codes = []
        while len(codes) < 20 and (not codes or codes[-1] == train.UNFINISHED):
            codes.append(self.train("--run-minutes", "0").returncode)
        self.assertEqual(codes, [train.UNFINISHED] * 3 + [0])
        parts = self.weights()
        self.assertEqual(parts["step"], 4)
        for name, value in whole["average"].items():
            torch.testing.assert_close(parts["average"][name], value, rtol=0, atol=0)

    def test_batches_made_ahead_are_the_same(self):
        self.assertEqual(self.train().returncode, 0)
        alone = self.weights()["average"]
        (self.work / "checkpoint.pt").unlink()
        self.config["workers"] = 2
        self.assertEqual(self.train().returncode, 0)
        for name, value in self.weights()["average"].items():
            torch.testing.assert_close(alone[name], value, rtol=0, atol=0)

    def test_a_run_with_short_texts(self):
        self.config |= {"packed": 0.5, "packed_length": 64, "short_limit": 16, "human": 0.5, "unmasked": 0.5,
                        "damage_from": 0.0, "steps": 8}
        found = self.train()
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual(self.weights()["tokens"], 8 * 64)

    def test_a_checkpoint_goes_through_parts(self):
        self.assertEqual(self.train().returncode, 0)
        data = (self.work / "checkpoint.pt").read_bytes()
        self.assertEqual(self.python("pack.py", "split").returncode, 0)
        (self.work / "checkpoint.pt").unlink()
        self.assertEqual(self.python("pack.py", "join").returncode, 0)
        self.assertEqual((self.work / "checkpoint.pt").read_bytes(), data)
        part = self.work / "parts" / "checkpoint.pt.000"
        part.write_bytes(data[:-1])
        found = self.python("pack.py", "join")
        self.assertEqual(found.returncode, 1)
        self.assertIn("checkpoint.pt.000: expected sha256", found.stderr)

    def test_parts_of_a_large_checkpoint_are_small(self):
        (self.work / "checkpoint.pt").write_bytes(bytes(40 << 20))
        self.assertEqual(self.python("pack.py", "split").returncode, 0)
        sizes = [path.stat().st_size for path in sorted((self.work / "parts").glob("checkpoint.pt.*"))]
        self.assertEqual(sum(sizes), 40 << 20)
        self.assertTrue(all(size < 16_000_000 for size in sizes), sizes)

    def test_a_packed_corpus_comes_back(self):
        before = {path.name: path.read_bytes() for path in self.work.glob("*.npy")}
        self.assertEqual(self.python("pack.py", "pack").returncode, 0)
        for name in before:
            (self.work / name).unlink()
        self.assertEqual(self.python("pack.py", "unpack").returncode, 0)
        self.assertEqual({path.name: path.read_bytes() for path in self.work.glob("*.npy")}, before)
        (self.work / "packed" / "train.c.npy.xz").write_bytes(lzma.compress(b"other"))
        self.assertEqual(self.python("pack.py", "unpack").returncode, 1)

    def test_all_configurations_cover_all_languages(self):
        for name in ("small.yml", "large.yml", "further.yml"):
            config = yaml.safe_load((HERE / name).read_text())
            self.assertEqual(set(config["mixture"]), set(LANGUAGES))
            self.assertAlmostEqual(sum(config["mixture"].values()), 1.0)

    def test_no_package_is_one_of_the_audits(self):
        audits = json.loads((HERE.parent / "Tests" / "corpora.json").read_text())
        theirs = {package["name"] for language in audits.values() for package in language["packages"]}
        entries = json.loads(MANIFEST.read_text())["packages"]
        self.assertFalse(theirs & {entry["name"] for entry in entries})
        for entry in entries:
            self.assertEqual(len(entry["sha256"]), 64)
            self.assertTrue(entry["licence"] and entry["version"], entry["name"])


if __name__ == "__main__":
    unittest.main()
