"""The second look: a small encoder's arithmetic, its words and its file."""

import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import skops.io

from cases.errors import ModelError
from cases.posts import Post
from classifiers.encoder.encoder import HEADS, Encoder
from classifiers.encoder.file import SHIPPED, load_encoder, save_encoder
from classifiers.encoder.network import MATRICES, Network, _bent
from classifiers.encoder.packed import Packed
from classifiers.encoder.words import BEGIN, END, Speller, plain
from classifiers.judge import Judge
from classifiers.linear import LinearScorer, Vectorizer
from classifiers.model_file import load_model
from classifiers.reading import read
from classifiers.second_look import SecondLook, fit_second_look, log_odds_of, second_look_from
from classifiers.text import tokens

LONG_POST = "where is my parcel, you promised it for monday " * 40


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def shipped_speller() -> bytes:
    """SentencePiece's own format, out of the file that ships."""
    content = skops.io.load(SHIPPED, trusted=[])
    speller: bytes = content["speller"].tobytes()
    return speller


def small_arrays(width: int = 64, wide: int = 128, pieces: int = 40) -> dict[str, npt.NDArray[np.generic]]:
    """Two layers of random weights."""
    rng = np.random.default_rng(5)

    def drawn(*shape: int) -> npt.NDArray[np.float32]:
        return rng.standard_normal(shape).astype(np.float32) * 0.2

    def norm(name: str) -> dict[str, npt.NDArray[np.generic]]:
        return {f"{name}.scale": 1 + drawn(width), f"{name}.shift": drawn(width)}

    def packed(name: str, rows: int, columns: int) -> dict[str, npt.NDArray[np.generic]]:
        matrix = Packed.of(drawn(rows, columns))
        return {f"{name}.nibbles": matrix.nibbles, f"{name}.scales": matrix.scales}

    arrays: dict[str, npt.NDArray[np.generic]] = {**packed("pieces", pieces, width), "places": drawn(12, width)}
    arrays |= norm("norm")
    for at in range(2):
        for name in MATRICES:
            to, source = (wide if name == "wide" else width), (wide if name == "narrow" else width)
            arrays |= packed(f"layer.{at}.{name}", to, source)
            arrays |= {f"layer.{at}.{name}.up": drawn(to, 4), f"layer.{at}.{name}.down": drawn(4, source)}
            arrays[f"layer.{at}.{name}.shift"] = drawn(to)
        arrays |= norm(f"layer.{at}.norm") | norm(f"layer.{at}.last_norm")
    for name, size in {"complaint": 2, "gate": 2, **HEADS}.items():
        arrays |= {f"head.{name}": drawn(size, width), f"head.{name}.shift": drawn(size)}
    return arrays


def test_four_bits_say_again_what_they_said() -> None:
    weights = np.random.default_rng(0).standard_normal((7, 96)).astype(np.float32)
    once = Packed.of(weights).unpacked()
    assert np.array_equal(Packed.of(once).unpacked(), once)
    assert np.abs(once - weights).max() < np.abs(weights).max() / 8
    assert np.array_equal(Packed.of(weights).unpacked(np.array([3, 1])), once[[3, 1]])


def test_a_group_of_zeros_stays_zero() -> None:
    assert not Packed.of(np.zeros((2, 64), np.float32)).unpacked().any()


def test_a_vector_knows_of_the_others() -> None:
    network = Network(small_arrays())
    alone, beside = network(np.array([1, 7, 2])), network(np.array([1, 7, 9, 2]))
    assert alone.shape == (3, 64)
    assert not np.allclose(alone[1], beside[1], atol=1e-3)
    assert np.isfinite(beside).all()


def test_the_arithmetic_is_that_of_training() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed: it is needed for training the encoder alone")
    import torch  # noqa: PLC0415
    from torch.nn import functional  # noqa: PLC0415

    values = np.linspace(-4, 4, 101, dtype=np.float32)
    assert np.allclose(_bent(values), functional.gelu(torch.tensor(values), approximate="tanh").numpy(), atol=1e-5)


def test_words_are_cut_alone_so_what_stands_beside_them_changes_nothing() -> None:
    speller = Speller(shipped_speller(), 96)
    one, two = speller.spell("Parcel late"), speller.spell("so late")
    assert one.pieces[0] == two.pieces[0] == BEGIN
    assert one.pieces[-1] == two.pieces[-1] == END
    assert one.pieces[-2] == two.pieces[-2]
    assert (one.starts[-2], one.ends[-2]) == (7, 11)


def test_a_long_post_is_cut_off() -> None:
    spelled = Speller(shipped_speller(), 96).spell(LONG_POST)
    assert len(spelled.pieces) == 96
    assert spelled.pieces[-1] == END


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("https://example.org/a?b", "link"),
        ("@ParceloHelp:", "@:"),
        ("me@example.org", "me@"),
        ("ﬁne", "fine"),
        ("می‌خواهم", "می خواهم"),
        ("طـــرد", "طرد"),
    ],
)
def test_which_link_or_handle_it_is_does_not_matter(word: str, read: str) -> None:
    assert plain(word) == read


@pytest.mark.parametrize("text", ["", " ", "🙃", "\u202e\u0000", "a" * 20_000, "́" * 500, "😀" * 3_000])
def test_any_text_can_be_read(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.read(text, tokens(text)).log_odds)


def test_what_a_constellation_of_the_same_words_says(encoder: Encoder) -> None:
    still = encoder.read("They said my parcel would be here on Monday. It is Friday and nobody answers.", ())
    settled = encoder.read("Nobody said my parcel would be here on Monday, they answered: Friday. And it is!", ())
    assert still.log_odds > settled.log_odds


def test_the_file_comes_back_as_it_was(tmp_path: Path) -> None:
    arrays, speller, kinds = small_arrays(pieces=20_000), shipped_speller(), ["one", "posts"]
    save_encoder(tmp_path / "small.skops", arrays, speller, kinds)
    came_back = load_encoder(tmp_path / "small.skops").read("where is it", ())
    written = Encoder(arrays, speller, kinds, favourite="posts").read("where is it", ())
    assert came_back.log_odds == written.log_odds
    assert came_back.opinion.category == written.opinion.category


def test_a_file_whose_parts_do_not_fit_is_refused(tmp_path: Path) -> None:
    save_encoder(tmp_path / "a.skops", small_arrays(), b"no model of pieces", ["one", "two"])
    save_encoder(tmp_path / "b.skops", small_arrays(pieces=20_000), shipped_speller(), ["one", "two", "three"])
    for name in ("a", "b"):
        with pytest.raises(ModelError, match="don't work together; install Amends again"):
            load_encoder(tmp_path / f"{name}.skops")


@pytest.mark.parametrize("size", [0, 10, 5_000, 2_000_000])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.skops"
    path.write_bytes(SHIPPED.read_bytes()[:size])
    with pytest.raises(ModelError, match="install Amends again"):
        load_encoder(path)


def test_another_model_s_file_is_refused() -> None:
    with pytest.raises(ModelError, match="install Amends again"):
        load_encoder(Path(__file__).parent.parent / "classifiers" / "complaints.skops")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        load_encoder(tmp_path / "nowhere.skops")


def test_stacking_finds_the_judge_that_knows_more() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 4_000)
    knows, guesses = (labels * 2 - 1) * 1.5 + rng.standard_normal(4_000), rng.standard_normal(4_000)
    look, probabilities = fit_second_look(guesses, knows, labels, np.ones(4_000))
    assert abs(look.linear) < 0.2 < look.encoder
    seen = guesses >= look.doubt
    assert np.mean(labels[seen] == (probabilities[seen] > 0.5)) > 0.9
    assert np.mean(seen[labels == 1]) == pytest.approx(0.95, abs=0.002)


def test_log_odds_of_certainty_are_finite() -> None:
    assert np.isfinite(log_odds_of(np.array([0.0, 1.0]))).all()


def test_a_look_without_its_numbers_is_refused() -> None:
    look = SecondLook(0.4, 0.7, -0.1, -2.0)
    assert second_look_from(look.as_content()) == look
    with pytest.raises(ModelError, match="amends train"):
        second_look_from({"linear": 1.0})


def test_only_posts_that_may_be_complaints_or_risks_are_read_twice() -> None:
    judge = Judge(load_model())
    judge.judge([Post("Thank you so much for the lovely cake, we loved it!")])
    assert "encoder" not in vars(judge)
    judge.judge([Post("My parcel is three weeks late and nobody answers my emails")])
    assert "encoder" in vars(judge)


def test_what_words_add_is_the_linear_model_s_share_of_the_whole() -> None:
    model = load_model()
    assert model.look is not None
    reading = read("three weeks late")
    linear, parts = LinearScorer(model.pipeline).judge(Vectorizer(model.pipeline[1]).row(reading), 3)
    assert linear > model.look.doubt
    verdict = Judge(model).judge([Post(reading.text)])[0]
    assert [clue.weight for clue in sorted(verdict.why, key=lambda clue: clue.start)] == pytest.approx(
        model.look.linear * parts, abs=1e-4
    )
