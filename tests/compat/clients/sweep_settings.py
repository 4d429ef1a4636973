"""The parts of the sweep about what a project and an organization are made of: prompts, models, members, keys."""

import datetime as dt

from sweep_context import PROJECT, RUN, api, call, organization, seen


def sweep_prompts():
    name = f"{RUN}/swept prompt"
    text = {
        "name": name,
        "prompt": "Hi {{name}}",
        "type": "text",
        "labels": ["production"],
        "tags": ["sweep"],
    }
    first = api.call("prompts.create", **text, config={"temperature": 1}, commit_message="first")
    chat = [
        {"role": "system", "content": "Be {{mood}}", "type": "chatmessage"},
        {"name": "history", "type": "placeholder"},
    ]
    second = api.call("prompts.create", name=f"{RUN} swept chat", prompt=chat, type="chat")
    read = api.call("prompts.get", prompt_name=name, label="production")
    moved = api.call("prompt_version.update", name=name, version=1, new_labels=["staging"])
    listed = api.call("prompts.list", name=name, limit=5)
    api.call(
        "prompts.list",
        tag="sweep",
        label="staging",
        from_updated_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1),
    )
    api.call("prompts.delete", prompt_name=f"{RUN} swept chat")
    seen["prompts"] = [first.type, second.type, read.prompt, sorted(moved.labels), listed.data[0].versions]
    seen["missing prompt"] = api.refusal("prompts.get", prompt_name=f"{RUN} swept chat")
    seen["bad label"] = api.refusal("prompts.create", **text | {"labels": ["No Label"]})


def sweep_models():
    body = {"match_pattern": f"(?i)^{RUN}-own$", "unit": "TOKENS"}
    tiers = [
        {"name": "Standard", "isDefault": True, "priority": 0, "conditions": [], "prices": {"input": 1e-6}},
        {
            "name": "Long",
            "isDefault": False,
            "priority": 1,
            "conditions": [
                {"usageDetailPattern": "input", "operator": "gt", "value": 1000, "caseSensitive": False}
            ],
            "prices": {"input": 2e-6},
        },
    ]
    flat = api.call("models.create", model_name=f"{RUN}-own", **body, input_price=0.5, output_price=1.5)
    tiered = api.call("models.create", model_name=f"{RUN}-tiers", **body, pricing_tiers=tiers)
    api.call("models.get", id=flat.id)
    listed = api.call("models.list", limit=100)
    changed = call("models.upsert", id=flat.id, model_name=f"{RUN}-own", **body, input_price=0.75)
    seen["models"] = [flat.input_price, [each.name for each in tiered.pricing_tiers], len(listed.data)]
    seen["changed model"] = changed and [changed.id == flat.id, changed.input_price, changed.output_price]
    for model in (flat, tiered):
        api.call("models.delete", id=model.id)


def sweep_connections():
    made = api.call(
        "llm_connections.upsert",
        provider=f"{RUN}-openai",
        adapter="openai",
        secret_key="sk-very-secret-1234",
        custom_models=["mine"],
        with_default_models=False,
        extra_headers={"X-Team": "a"},
    )
    listed = api.call("llm_connections.list", limit=100)
    seen["connections"] = [made.display_secret_key, made.custom_models, "sk-very-secret" in str(listed)]
    call("llm_connections.delete", id=made.id)


def sweep_organization():
    """With a key of the organization: its projects, members, and users; gives the id of a second member."""
    organization.call("organizations.get_organization_api_keys")
    organization.call("organizations.get_organization_projects")
    organization.call("organizations.get_organization_memberships")
    for name in ("get_service_provider_config", "get_resource_types", "get_schemas"):
        organization.call(f"scim.{name}")
    user = organization.call(
        "scim.create_user",
        user_name=f"{RUN}@example.com",
        name={"formatted": f"Sweeper {RUN}"},
        emails=[{"primary": True, "value": f"{RUN}@example.com", "type": "work"}],
        active=True,
    )
    organization.call("scim.get_user", user_id=user.id)
    found = organization.call("scim.list_users", filter=f'userName eq "{RUN}@example.com"', count=10)
    seen["scim"] = [found.total_results, [each.user_name for each in found.resources]]
    role = organization.call("organizations.update_organization_membership", user_id=user.id, role="MEMBER")
    seen["role"] = [str(getattr(role.role, "value", role.role)), role.email]
    member = {"project_id": PROJECT, "user_id": user.id}
    organization.call("organizations.update_project_membership", **member, role="ADMIN")
    organization.call("organizations.get_project_memberships", project_id=PROJECT)
    return user.id


def sweep_projects():
    made = organization.call("projects.create", name=f"{RUN} swept", retention=0, metadata={"team": "a"})
    changed = organization.call("projects.update", project_id=made.id, name=f"{RUN} renamed", retention=7)
    key = organization.call("projects.create_api_key", project_id=made.id, note="swept")
    keys = organization.call("projects.get_api_keys", project_id=made.id)
    seen["projects"] = [
        made.metadata,
        changed.name,
        changed.retention_days,
        key.public_key[:6],
        len(keys.api_keys),
    ]
    sweep_exports(made.id)
    organization.call("projects.delete_api_key", project_id=made.id, api_key_id=key.id)
    organization.call("projects.delete", project_id=made.id)


def sweep_exports(project_id):
    area = "blob_storage_integrations"
    made = organization.call(
        f"{area}.upsert_blob_storage_integration",
        project_id=project_id,
        type="S3",
        bucket_name="swept-bucket",
        region="eu-central-1",
        access_key_id="AKIAEXAMPLE",
        secret_access_key="a secret",
        prefix="exports/",
        export_frequency="daily",
        enabled=False,
        force_path_style=False,
        file_type="JSONL",
        export_mode="FROM_TODAY",
    )
    listed = organization.call(f"{area}.get_blob_storage_integrations")
    seen["exports"] = [
        made.bucket_name,
        made.id in [each.id for each in listed.data],
        "a secret" in str(listed),
    ]
    if organization.has(f"{area}.get_blob_storage_integration_status"):
        organization.call(f"{area}.get_blob_storage_integration_status", id=made.id)
    organization.call(f"{area}.delete_blob_storage_integration", id=made.id)


def sweep_goodbyes(user_id, trace_id):
    organization.call("organizations.delete_project_membership", project_id=PROJECT, user_id=user_id)
    organization.call("organizations.delete_organization_membership", user_id=user_id)
    again = organization.call("scim.create_user", user_name=f"{RUN}@example.com", name={"formatted": "Again"})
    seen["same user"] = again and again.id == user_id
    gone = organization.refusal(
        "scim.delete_user", user_id=user_id
    )  # SCIM has no body there, and the SDK wants one
    seen["leaving"] = [gone[:2], organization.refusal("scim.get_user", user_id=user_id)[:2]]
    api.call("trace.delete", trace_id=trace_id)
    api.call("trace.delete_multiple", trace_ids=[trace_id])
