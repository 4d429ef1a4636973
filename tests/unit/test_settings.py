"""Settings: what wins, what is refused and how, and that no secret shows. No I/O but a file of its own."""

from pathlib import Path
from typing import Any

import pytest

from spyglass.api.server_options import Config as Server
from spyglass.core.errors import Misconfigured
from spyglass.settings import Settings, describe, load_settings, read_value

NOWHERE = {"SPYGLASS_DATA_DIR": "/nonexistent/spyglass"}


def load(environ: dict[str, str], **overrides: Any) -> Settings:
    return load_settings(
        {name.replace("_", ".", 1): value for name, value in overrides.items()}, NOWHERE | environ
    ).settings


class TestSources:
    def test_an_empty_environment_gives_the_defaults(self) -> None:
        settings = load_settings(environ={}).settings
        assert settings == Settings()
        assert (settings.server.host, settings.server.port) == ("127.0.0.1", 3000)

    def test_a_variable_of_each_type(self) -> None:
        settings = load(
            {
                "SPYGLASS_SERVER__PORT": "8080",
                "SPYGLASS_SERVER__DRAIN_S": "0.5",
                "SPYGLASS_SERVER__LOG_LEVEL": "WARN",
                "SPYGLASS_SERVER__DATA_DIR": "/srv/x",
                "SPYGLASS_CATALOGUE__FREE_MODELS": "ollama/*, ^local-,",
            }
        )
        assert settings.server.port == 8080
        assert settings.server.drain_s == 0.5
        assert settings.server.log_level == "warn"
        assert settings.server.data_dir == Path("/srv/x")
        assert settings.catalogue.free_models == ("ollama/*", "^local-")

    def test_order_of_precedence(self, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        file.write_text("[server]\nport = 1\n")
        sources = [
            {},
            {"SPYGLASS_CONFIG": str(file)},
            {"PORT": "2"},
            {"SPYGLASS_PORT": "3"},
            {"SPYGLASS_SERVER__PORT": "4"},
        ]
        environ: dict[str, str] = {}
        seen = []
        for source in sources:
            environ |= source
            seen.append(load(environ).server.port)
        assert seen == [3000, 1, 2, 3, 4]
        assert load(environ, server_port=5).server.port == 5
        assert load(environ, server_port=None).server.port == 4

    def test_the_origin_of_a_value_is_known(self, tmp_path: Path) -> None:
        (tmp_path / "spyglass.toml").write_text("[meta]\npool_size = 5\n")
        loaded = load_settings({"server.host": "::1"}, {"SPYGLASS_DATA_DIR": str(tmp_path), "PORT": "1"})
        assert loaded.origins == {
            "server.host": "command line",
            "server.port": "PORT",
            "server.data_dir": "SPYGLASS_DATA_DIR",
            "meta.pool_size": str(tmp_path / "spyglass.toml"),
        }

    def test_an_empty_variable_is_one_that_is_not_set(self) -> None:
        assert load({"PORT": "", "SPYGLASS_SERVER__HOST": "", "LANGFUSE_INIT_ORG_ID": ""}) == load({})

    def test_but_an_empty_secret_is_kept_to_be_refused(self) -> None:
        assert load({"SALT": ""}).secrets.pepper == ""
        assert load({}).secrets.pepper is None


class TestLangfuseNames:
    def test_where_the_meaning_is_the_same(self) -> None:
        settings = load(
            {
                "PORT": "8080",
                "HOSTNAME": "0.0.0.0",
                "NEXTAUTH_URL": "https://spy.example.com/",
                "NEXTAUTH_SECRET": "s1",
                "SALT": "s2",
                "ENCRYPTION_KEY": "s3",
                "DATABASE_URL": "postgresql://u:p@h/d",
                "CLICKHOUSE_URL": "http://ch:8123",
                "CLICKHOUSE_USER": "u",
                "CLICKHOUSE_PASSWORD": "p",
                "CLICKHOUSE_DB": "traces",
                "LANGFUSE_LOG_LEVEL": "debug",
                "LANGFUSE_LOG_FORMAT": "json",
                "LANGFUSE_INIT_ORG_ID": "o",
                "LANGFUSE_INIT_PROJECT_RETENTION": "30",
            }
        )
        server = settings.server
        assert (server.host, server.port, server.url) == ("0.0.0.0", 8080, "https://spy.example.com")
        assert (server.log_level, server.log_format) == ("debug", "json")
        assert settings.meta.url == "postgresql://u:p@h/d"
        analytics = settings.analytics
        assert (analytics.url, analytics.user, analytics.password) == ("http://ch:8123", "u", "p")
        assert analytics.database == "traces"
        secrets = settings.secrets
        assert (secrets.session_secret, secrets.pepper, secrets.encryption_key) == ("s1", "s2", "s3")
        assert (settings.init.org_id, settings.init.project_retention) == ("o", 30)

    @pytest.mark.parametrize("middle", ["MEDIA", "MEDIA_UPLOAD"])  # the second is of Langfuse's Helm chart
    def test_of_media(self, middle: str) -> None:
        settings = load(
            {
                f"LANGFUSE_S3_{middle}_MAX_CONTENT_LENGTH": "500",
                f"LANGFUSE_S3_{middle}_DOWNLOAD_URL_EXPIRY_SECONDS": "60",
            }
        )
        assert (settings.media.max_content_length, settings.media.download_url_expiry_s) == (500, 60)

    def test_a_container_name_is_no_address_to_listen_on(self) -> None:
        assert load({"HOSTNAME": "4f1c9a7be2d0"}).server.host == "127.0.0.1"
        assert load({"HOSTNAME": "web-7d4b9"}).server.host == "127.0.0.1"
        assert load({"HOSTNAME": "::"}).server.host == "::"

    def test_a_database_of_another_kind_is_not_ours(self) -> None:
        assert load({"DATABASE_URL": "mysql://root@h/d"}).meta.url == ""

    def test_the_database_of_langfuse_itself_is_left_alone(self) -> None:
        assert load({"CLICKHOUSE_DB": "default"}).analytics.database == "spyglass"


class TestRefusal:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("SPYGLASS_SERVER__PORT", "http", "SPYGLASS_SERVER__PORT is 'http', but must be a whole number"),
            ("SPYGLASS_SERVER__PORT", "65536", "up to 65,535"),
            ("PORT", "-1", "PORT is '-1'"),
            ("LANGFUSE_LOG_LEVEL", "loud", "one of trace, debug, info, warn, error, fatal"),
            ("SPYGLASS_SERVER__DRAIN_S", "NaN", "a number from 0 up to 60"),
            ("LANGFUSE_INIT_PROJECT_RETENTION", "2", "at least 3 days, not 2"),
        ],
    )  # fmt: skip
    def test_a_value_that_does_not_fit(self, name: str, value: str, words: str) -> None:
        with pytest.raises(Misconfigured) as caught:
            load({name: value})
        assert words in caught.value.message

    def test_all_problems_are_told_at_once(self) -> None:
        with pytest.raises(Misconfigured) as caught:
            load({"PORT": "x", "SPYGLASS_META__POOL_SIZE": "1", "SPYGLASS_NONSENSE": "1"})
        assert len(caught.value.message.splitlines()) == 3

    @pytest.mark.parametrize(
        ("name", "closest"),
        [
            ("SPYGLASS_SERVER__PROT", "SPYGLASS_SERVER__PORT"),
            ("SPYGLASS_DATADIR", "SPYGLASS_DATA_DIR"),
            ("SPYGLASS_INGEST__GATHER", "SPYGLASS_INGEST__GATHER_MS"),
        ],
    )
    def test_an_unknown_name_brings_the_closest(self, name: str, closest: str) -> None:
        with pytest.raises(Misconfigured, match=f"{name} is not a setting. Did you mean {closest}"):
            load({name: "1"})

    def test_variables_of_others_are_not_ours_to_judge(self) -> None:
        load({"LANGFUSE_SOMETHING": "1", "PATH": "/bin"})

    def test_kubernetes_service_links_do_not_stop_the_start(self) -> None:
        settings = load(
            {
                "SPYGLASS_PORT": "tcp://10.0.0.7:3000",
                "SPYGLASS_SERVICE_HOST": "10.0.0.7",
                "SPYGLASS_SERVICE_PORT_HTTP": "3000",
                "SPYGLASS_PORT_3000_TCP_ADDR": "10.0.0.7",
                "SPYGLASS_WEB_PORT": "tcp://10.0.0.8:80",
                "SPYGLASS_WEB_SERVICE_PORT": "80",
            }
        )
        assert settings.server.port == 3000

    def test_a_secret_never_shows_in_the_message(self) -> None:
        with pytest.raises(Misconfigured) as caught:
            load_settings({"meta.url": ["canary"]}, NOWHERE)
        assert "canary" not in caught.value.message
        assert "***" in caught.value.message


class TestFile:
    def check(self, tmp_path: Path, text: str) -> str:
        file = tmp_path / "x.toml"
        file.write_text(text)
        with pytest.raises(Misconfigured) as caught:
            load({"SPYGLASS_CONFIG": str(file)})
        assert str(file) in caught.value.message
        return caught.value.message

    def test_an_unknown_key(self, tmp_path: Path) -> None:
        assert "Did you mean server.port" in self.check(tmp_path, "[server]\nprot = 1\n")
        assert "port is not a setting" in self.check(tmp_path, "port = 1\n")

    def test_a_value_that_does_not_fit(self, tmp_path: Path) -> None:
        assert "server.port is 'x'" in self.check(tmp_path, "[server]\nport = 'x'\n")

    def test_no_toml(self, tmp_path: Path) -> None:
        assert "cannot be read as TOML" in self.check(tmp_path, "server: port")

    def test_a_named_file_must_exist(self) -> None:
        with pytest.raises(Misconfigured, match="there is no file"):
            load({"SPYGLASS_CONFIG": "/nonexistent.toml"})


class TestDescription:
    def test_every_setting_has_help_and_its_own_variable(self) -> None:
        settings = describe()
        assert [s.path for s in settings if not s.help] == []
        assert len({s.variable for s in settings}) == len(settings)

    def test_every_default_is_allowed(self) -> None:
        environ = {s.variable: str(s.default) for s in describe() if s.default not in (None, "", ())}
        assert load(environ) == load_settings(environ={}).settings

    def test_secrets_are_masked_and_stay_out_of_the_representation(self) -> None:
        secret = [s for s in describe() if s.secret]
        assert {"meta.url", "analytics.password", "secrets.pepper", "init.user_password"} <= {
            s.path for s in secret
        }
        environ = {s.variable: f"canary-{s.path}" for s in secret}
        settings = load(environ)
        assert "canary" not in repr(settings)
        assert {read_value(settings, s) for s in secret} == {"***"}
        assert {read_value(Settings(), s) for s in secret} == {""}

    def test_a_password_within_an_url_is_masked(self) -> None:
        url = next(s for s in describe() if s.path == "analytics.url")
        settings = load({"CLICKHOUSE_URL": "http://reader:canary@db:8123/x"})
        assert read_value(settings, url) == "http://reader:***@db:8123/x"
        assert read_value(settings, url, masked=False) == "http://reader:canary@db:8123/x"
        assert read_value(load({"CLICKHOUSE_URL": "http://[::1]:8123"}), url) == "http://[::1]:8123"


@pytest.mark.parametrize(
    ("host", "loopback", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:3000"),
        ("127.8.8.8", True, "http://127.8.8.8:3000"),
        ("localhost", True, "http://localhost:3000"),
        ("::1", True, "http://[::1]:3000"),
        ("0.0.0.0", False, "http://127.0.0.1:3000"),
        ("::", False, "http://127.0.0.1:3000"),
        ("10.0.0.1", False, "http://10.0.0.1:3000"),
        ("example.com", False, "http://example.com:3000"),
    ],
)
def test_who_can_reach_the_server(host: str, loopback: bool, url: str) -> None:
    assert (Server(host=host).loopback, Server(host=host).url) == (loopback, url)
