"""What a --model names that is not here."""

import pytest

from inscape.errors import InputError
from inscape.stages.model_folder import find


def test_a_path_is_no_name_to_be_downloaded() -> None:
    for path in ("/no/such/model", "./none", "~/no-such-model"):
        with pytest.raises(InputError, match="Check the path") as problem:
            find(path, {})
        assert "hf download" not in str(problem.value)


def test_a_name_says_how_to_get_the_model() -> None:
    with pytest.raises(InputError, match="`hf download owner/no-such-model`"):
        find("owner/no-such-model", {})
