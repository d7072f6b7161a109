"""Where keys come from and how they stay secret; what a run is estimated to cost."""

from pathlib import Path

import pytest

from inscape.errors import SettingError, TeacherSetupError
from inscape.records import Shape
from inscape.settings import load as read_settings
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
        ("https://10.evil.com/v1", False),
        ("https://127.evil.net/v1", False),
        ("https://192.168.evil.com/v1", False),
        ("https://172.20.example.com/v1", False),
        ("http://127.0.0.2:8080/v1", True),
        ("http://0.0.0.0:8080/v1", True),
        ("http://[fd00::7]:8080/v1", True),
        ("http://studio.local:1234/v1", True),
    ],
)
def test_what_is_local(url: str, local: bool) -> None:
    assert keys.is_local(url) == local


@pytest.mark.parametrize(
    "url",
    [
        "http://bob:hunter2@host/v1",
        "bob:hunter2@host/v1",
        "http:/bob:hunter2@host/v1",
        "https://hunter2@host/v1",
        "https://host/v1?api_key=hunter2",
        "https://host/v1?x=1&access-token=hunter2",
        "https://host/sk-hunter2hunter2/v1",
        "http://[hunter2/v1",
    ],
)
def test_an_address_holds_no_secret(url: str) -> None:
    said = []
    with pytest.raises(SettingError) as flag:
        settings(teacher__base_url=url)
    said.append(str(flag.value))
    for toml, environ in ((f'[teacher]\nbase_url = "{url}"\n', {}), ("", {"INSCAPE_TEACHER_BASE_URL": url})):
        with pytest.raises(SettingError) as caught:
            read_settings(toml, "inscape.toml", environ)
        said.append(str(caught.value))
    assert "hunter2" not in " ".join(said)


@pytest.mark.parametrize(
    "url", ["https://host/v1?api-version=2026-01-01", "https://host/a/@cf/v1", "http://localhost:11434/v1"]
)
def test_other_addresses_are_taken(url: str) -> None:
    assert settings(teacher__base_url=url).text("teacher.base_url") == url


def test_slots_that_are_no_section_are_a_sentence() -> None:
    with pytest.raises(SettingError, match=r"inscape\.toml, line 2: slots"):
        read_settings("format = 1\nslots = 3\n", "inscape.toml", {})


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
