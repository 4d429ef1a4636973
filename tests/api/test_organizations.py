"""`/api/public/organizations`: projects and keys of the organization that asks."""

import pytest

from spyglass.core.clock import iso_ms, now, to_us
from spyglass.stores.meta.tables import ApiKey, Project

PATH = "/api/public/organizations"


class TestProjects:
    def test_whole_body(self, client, organization, parts, make_project) -> None:
        make_project()  # of another organization
        with parts.stores.meta.begin() as session:
            row = session.get_one(Project, organization.project.id)
            row.extra = {"a": 1}
            session.add(Project(organization_id=organization.id, name="gone", deleted_at=now()))
        answer = client.get(f"{PATH}/projects", headers=organization.basic)
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "projects": [
                    {
                        "id": row.id,
                        "name": row.name,
                        "metadata": {"a": 1},
                        "createdAt": iso_ms(to_us(row.created_at)),
                        "updatedAt": iso_ms(to_us(row.updated_at)),
                    }
                ]
            },
        )


class TestKeys:
    def test_whole_body(self, client, organization, parts) -> None:
        client.get(f"{PATH}/apiKeys", headers=organization.basic)  # so that it was used
        (found,) = client.get(f"{PATH}/apiKeys", headers=organization.basic).json()["apiKeys"]
        with parts.stores.meta.read() as session:
            row = session.get_one(ApiKey, found["id"])
            assert row.last_used_at is not None
            assert found == {
                "id": row.id,
                "createdAt": iso_ms(to_us(row.created_at)),
                "expiresAt": None,
                "lastUsedAt": iso_ms(to_us(row.last_used_at)),
                "note": None,
                "publicKey": organization.public_key,
                "displaySecretKey": f"sk-lf-...{organization.secret_key[-4:]}",
            }


@pytest.mark.parametrize("path", ["/projects", "/apiKeys", "/memberships"])
def test_the_key_of_a_project(client, project, path: str) -> None:
    answer = client.get(PATH + path, headers=project.basic)
    text = "Invalid API key. Organization-scoped API key required for this operation."
    assert (answer.status_code, answer.json()) == (403, {"message": text, "error": text})


def test_the_secret_of_another_organization(client, organization, make_organization) -> None:
    answer = client.get(f"{PATH}/projects", headers=make_organization().basic)
    assert organization.project.id not in answer.text
