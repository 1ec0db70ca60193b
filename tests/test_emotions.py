import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import emotions
from mien.errors import UnknownEmotionError, UsageError


def test_eight_canonical_emotions_and_the_seven_of_fer2013() -> None:
    assert len(emotions.EMOTIONS) == 8
    assert list(emotions.EMOTIONS) == sorted(emotions.EMOTIONS)
    assert set(emotions.EMOTIONS) - set(emotions.BASIC) == {"contempt"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Happy", "happiness"),
        (" ANGRY ", "anger"),
        ("joy", "happiness"),
        ("sad", "sadness"),
        ("surprised", "surprise"),
        ("AN", "anger"),
        ("SU", "surprise"),
        ("Neutral", "neutral"),
        ("fearful", "fear"),
        ("disgusted", "disgust"),
        ("contempt", "contempt"),
    ],
)
def test_aliases_of_every_source_map_by_name(name: str, expected: str) -> None:
    assert emotions.canonical(name) == expected


@pytest.mark.parametrize("name", ["", "unknown", "NF", "3", "hungry"])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownEmotionError) as caught:
        emotions.canonical(name)
    for emotion in emotions.EMOTIONS:
        assert emotion in str(caught.value)
    assert isinstance(caught.value, UsageError)


def test_a_number_is_no_name() -> None:
    with pytest.raises(UnknownEmotionError, match="unknown emotion 3"):
        emotions.canonical(3)  # type: ignore[arg-type]


def test_no_alias_stands_for_two_emotions() -> None:
    spellings = [a for e, others in emotions.aliases().items() for a in (e, *others)]
    assert len(spellings) == len(set(spellings))


def test_folder_names_lead_back_to_their_emotion() -> None:
    assert list(emotions.FOLDERS) == list(emotions.EMOTIONS)
    for emotion, folder in emotions.FOLDERS.items():
        assert emotions.canonical(folder) == emotion


def test_codes_differ_between_sources_where_the_files_differ() -> None:
    fer, hub = emotions.CODES["fer2013"], emotions.CODES["alphabetical"]
    assert [fer[i] for i in range(7)] == [
        "anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral",
    ]  # fmt: skip
    assert (hub[4], hub[5], hub[6]) == ("neutral", "sadness", "surprise")
    assert emotions.CODES["ferplus"][0] == "neutral"


@given(st.sampled_from(emotions.EMOTIONS))
def test_index_is_the_canonical_position(emotion: str) -> None:
    assert emotions.EMOTIONS[emotions.index(emotion.upper())] == emotion
