"""Where keys come from and how they stay secret; what a run is estimated to cost."""

from pathlib import Path

import pytest

from inscape.errors import TeacherSetupError
from inscape.records import Shape
from inscape.teachers import keys, prices
from inscape.teachers.base import scrub
from tests.generating import settings


def key_file(home: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = home / "cfg" / "inscape" / "keys.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return {"XDG_CONFIG_HOME": str(home / "cfg")}


def test_the_environment_stands_before_the_file(tmp_path: Path) -> None:
    environ = key_file(tmp_path, 'OPENAI_API_KEY = "from-file"\n')
    assert keys.find("OPENAI_API_KEY", environ) == "from-file"
    assert keys.find("OPENAI_API_KEY", {**environ, "OPENAI_API_KEY": "from-env"}) == "from-env"
    assert keys.find("OTHER_KEY", environ) is None


def test_home_is_where_the_file_is_without_xdg(tmp_path: Path) -> None:
    assert keys.config_file({"HOME": str(tmp_path)}) == tmp_path / ".config" / "inscape" / "keys.toml"


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    environ = key_file(tmp_path, 'OPENAI_API_KEY = "x"\n', 0o644)
    with pytest.raises(TeacherSetupError, match="chmod 600"):
        keys.find("OPENAI_API_KEY", environ)


@pytest.mark.parametrize("text", ['OPENAI_API_KEY = "sk-half', "OPENAI_API_KEY = sk-bare-secret\n"])
def test_a_broken_file_is_said_without_its_content(tmp_path: Path, text: str) -> None:
    with pytest.raises(TeacherSetupError, match="not valid TOML") as caught:
        keys.find("OPENAI_API_KEY", key_file(tmp_path, text))
    assert "sk-" not in str(caught.value)


def test_a_key_with_a_line_break_is_refused_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(TeacherSetupError, match="holds blanks") as caught:
        keys.need("K", {"K": "sk-one\nsk-two", "HOME": str(tmp_path)}, "The server")
    assert "sk-" not in str(caught.value)


def test_scrub() -> None:
    assert scrub("key abc123 and sk-proj-0123456789", ["abc123"]) == "key [key] and [key]"
    assert scrub("nothing here", [""]) == "nothing here"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.7:1234/v1", True),
        ("http://172.20.0.2/v1", True),
        ("http://172.217.0.2/v1", False),
        ("https://openrouter.ai/api/v1", False),
        ("https://localhost.example.com/v1", False),
    ],
)
def test_what_is_local(url: str, local: bool) -> None:
    assert keys.is_local(url) == local


def test_prices_from_the_table_from_settings_and_unknown() -> None:
    found = prices.find(settings(), "anthropic:claude-sonnet-5-5")
    assert found
    assert found.of(1_000_000, 1_000_000) == pytest.approx(12)
    own = prices.find(settings(generate__price_in=1.0, generate__price_out=2.0), "openai:anything")
    assert own == prices.Price(1.0, 2.0)
    assert prices.find(settings(), "openai:no-such-model-at-all") is None
    assert prices.find(settings(teacher__base_url="http://localhost:11434/v1"), "openai:gpt-6-luna") is None
    assert prices.find(settings(), "fake") is None


def test_tokens_are_estimated_from_bytes_and_shape() -> None:
    assert prices.tokens_of("") == 0
    assert prices.tokens_of("word " * 400) == 500
    assert prices.tokens_of("слово") > prices.tokens_of("slovo")
    plain, thinking = Shape("plain", (1, 1), (150, 300)), Shape("thinking", (2, 2), (10, 90))
    assert 250 < prices.tokens_for(plain) < 500
    assert 300 < prices.tokens_for(thinking) < 700
