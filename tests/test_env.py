"""Readers of environment variables: a bad value is one line that says what, where and how to mend it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerai import env

NAME = "READERAI_TEST_VALUE"


@pytest.fixture
def value(monkeypatch):
    """Set the variable under test."""
    return lambda text: monkeypatch.setenv(NAME, text)


@pytest.fixture
def services_file(monkeypatch, tmp_path):
    """What a running `make run` has left for commands."""
    monkeypatch.setattr(env, "SERVICES_FILE", tmp_path / "services.env")
    return env.SERVICES_FILE


def test_a_missing_value_without_default_says_how_to_mend_it():
    with pytest.raises(env.BadSetting, match=rf"^{NAME} is not set\. Ask Ada\.$"):
        env.text(NAME, needed="Ask Ada.")


def test_an_empty_value_counts_as_missing(value):
    value("")
    assert env.text(NAME, "default") == "default"


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env.text(NAME) == "hush"


def test_the_variable_itself_wins_over_its_file(value, monkeypatch):
    monkeypatch.setenv(f"{NAME}_FILE", "/nowhere")
    value("said")
    assert env.text(NAME) == "said"


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv(f"{NAME}_FILE", "/nowhere")
    with pytest.raises(env.BadSetting, match=f"{NAME}_FILE: cannot read '/nowhere': No such file"):
        env.text(NAME)


def test_a_command_finds_what_make_run_serves(services_file):
    services_file.write_text(f"{NAME}=postgresql://host/db?a=b\nnonsense\n")
    assert env.text(NAME) == "postgresql://host/db?a=b"


def test_the_environment_wins_over_what_make_run_serves(services_file, value):
    services_file.write_text(f"{NAME}=file\n")
    value("environment")
    assert env.text(NAME) == "environment"


@pytest.mark.parametrize(("text", "meaning"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_flags_are_read_as_people_write_them(value, text, meaning):
    value(text)
    assert env.flag(NAME, not meaning) is meaning


def test_a_flag_that_is_neither_is_refused(value):
    value("maybe")
    with pytest.raises(env.BadSetting, match=f"{NAME}='maybe' is not a yes or no: write 1 or 0"):
        env.flag(NAME, True)


@given(st.integers())
def test_a_number_is_itself_or_refused_with_its_range(number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, str(number))
        if 1 <= number <= 65535:
            assert env.number(NAME, 8000, low=1, high=65535) == number
        else:
            with pytest.raises(env.BadSetting, match=f"{NAME}={number} is outside 1 to 65535"):
                env.number(NAME, 8000, low=1, high=65535)


def test_a_word_for_a_number_is_refused(value):
    value("eighty")
    with pytest.raises(env.BadSetting, match="'eighty' is not a whole number"):
        env.number(NAME, 8000, low=1, high=65535)


@given(st.floats())
def test_a_decimal_number_is_itself_or_refused_with_its_range(number):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, str(number))
        if 0 <= number <= 100:
            assert env.decimal(NAME, 0, low=0, high=100) == number
        else:
            with pytest.raises(env.BadSetting, match="is outside 0 to 100"):
                env.decimal(NAME, 0, low=0, high=100)


def test_a_word_for_a_decimal_number_is_refused(value):
    value("0,15")
    with pytest.raises(env.BadSetting, match=f"{NAME}='0,15' is not a number"):
        env.decimal(NAME, 0, low=0, high=100)


def test_a_value_that_means_nothing_alone_is_refused_without_its_other_half(value, monkeypatch):
    env.needs(NAME, f"{NAME}_2")  # neither is set
    value("owl-2")
    with pytest.raises(env.BadSetting, match=f"^{NAME} is set and {NAME}_2 is not: set both, or neither$"):
        env.needs(NAME, f"{NAME}_2")
    monkeypatch.setenv(f"{NAME}_2", "https://owl.example")
    env.needs(NAME, f"{NAME}_2")


def test_a_choice_is_recognised_in_any_case(value):
    value("debug")
    assert env.choice(NAME, "INFO", ["DEBUG", "INFO"]) == "DEBUG"


def test_an_unknown_choice_names_those_there_are(value):
    value("loud")
    with pytest.raises(env.BadSetting, match="'loud' is not known; write for example one of DEBUG, INFO"):
        env.choice(NAME, "INFO", ["INFO", "DEBUG"])


def test_a_list_is_cut_at_commas_without_blanks(value):
    value(" a.example, ,b.example ,")
    assert env.words(NAME) == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mysql://host/db", "must begin with redis:// or unix://"),
        ("host:6379", "must begin with redis:// or unix://"),
        ("redis://", "names no host"),
        ("redis://host:port", "is not a URL"),
        ("redis://[::1", "is not a URL"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(value, text, complaint):
    value(text)
    with pytest.raises(env.BadSetting, match=f"^{NAME} {complaint}"):
        env.url(NAME, schemes=["redis", "unix"])


@pytest.mark.parametrize("text", ["redis://host", "redis://:secret@host:6379/0", "unix:///run/redis.sock"])
def test_a_url_that_can_be_used_is_returned_as_it_is(value, text):
    value(text)
    assert env.url(NAME, schemes=["redis", "unix"]) == text


def test_a_url_that_needs_no_host_may_be_its_scheme_alone(value):
    value("sqs://")
    assert env.url(NAME, schemes=["redis", "sqs"], without_host=["sqs"]) == "sqs://"
    with pytest.raises(env.BadSetting, match="names no host"):
        env.url(NAME, schemes=["redis", "sqs"])


CLUSTERED = ["redis", "redis+cluster", "redis+sentinel"]


@pytest.mark.parametrize("text", ["redis+cluster://a:1,b:2", "redis+sentinel://:owl@a,b:2/master/0"])
def test_a_url_of_several_hosts_is_returned_as_it_is(value, text):
    value(text)
    assert env.url(NAME, schemes=CLUSTERED) == text


def test_a_url_of_several_hosts_that_cannot_be_used_is_refused(value):
    value("redis+sentinel://:owl@a:1,b:2")
    with pytest.raises(
        env.BadSetting, match=f"^{NAME} names no service, .* redis.sentinel://host:port"
    ) as line:
        env.url(NAME, schemes=CLUSTERED)
    assert "owl" not in str(line.value)


def test_a_cluster_is_refused_where_only_one_server_can_be_used(value):
    value("redis+cluster://a:1,b:2")
    with pytest.raises(env.BadSetting, match=f"^{NAME} (must begin with redis://|is not a URL)"):
        env.url(NAME, schemes=["redis", "redis+sentinel"])


@given(st.text(alphabet=st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1))
def test_no_text_makes_a_url_reader_fail_in_another_way(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, text)
        try:
            assert env.url(NAME, schemes=["redis"]) == text
        except env.BadSetting as error:
            assert str(error).startswith(NAME)


@pytest.mark.parametrize("text", ["", "https://login.example", "http://localhost:8080/x", "http://[::1]:80"])
def test_what_is_encrypted_or_stays_on_this_machine_is_accepted(text):
    env.needs_encryption(NAME, text)


@pytest.mark.parametrize("text", ["http://login.example", "http://127.0.0.1.example/"])
def test_plain_http_to_another_machine_is_refused(text):
    with pytest.raises(env.BadSetting, match=f"^{NAME} must begin with https://"):
        env.needs_encryption(NAME, text)


def test_a_secret_that_can_be_guessed_is_refused_and_not_repeated(value):
    for weak in ("hunter2", "only-for-development", "a" * 50):
        value(weak)
        with pytest.raises(env.BadSetting, match="can be guessed") as refused:
            env.secret(NAME, None, needed="Set 50 random characters.")
        assert weak not in str(refused.value)


def test_a_secret_has_a_default_in_development_only(value):
    assert env.secret(NAME, "only-for-development", needed="") == "only-for-development"
    with pytest.raises(env.BadSetting, match="is not set. Set 50"):
        env.secret(NAME, None, needed="Set 50 random characters.")
    value("0123456789abcdef" * 2)
    assert env.secret(NAME, None, needed="") == "0123456789abcdef" * 2
