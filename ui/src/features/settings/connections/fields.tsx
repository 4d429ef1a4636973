// The fields of a connection that depend on its protocol.
import type { ReactElement } from "react";
import { Switch, TextArea, TextField } from "@/design";
import { ADAPTERS, type Draft, type Errors, mayUseServerCredentials, usesServerCredentials } from "./draft";

interface FieldsProps {
  draft: Draft;
  errors: Errors;
  set: (change: Partial<Draft>) => void;
}

export function Credentials({ draft, errors, set }: FieldsProps): ReactElement {
  const { adapter } = draft;
  const isPair = adapter === "bedrock";
  return (
    <>
      {mayUseServerCredentials(adapter) && (
        <Switch
          isSelected={draft.serverCredentials}
          onChange={(serverCredentials) => set({ serverCredentials })}
          description="Those that the machine of this server has, such as the role of an instance."
        >
          Credentials of the server
        </Switch>
      )}
      {!usesServerCredentials(draft) && (
        <div className={isPair ? "grid gap-4 md:grid-cols-2" : ""}>
          {isPair && (
            <TextField
              label="Access key id"
              mono
              autoComplete="off"
              value={draft.accessKeyId}
              onChange={(accessKeyId) => set({ accessKeyId })}
              error={errors.accessKeyId}
            />
          )}
          <TextField
            label={isPair ? "Secret access key" : "Secret key"}
            description={
              adapter === "google-vertex-ai" ? "The JSON file of a service account." : "Kept encrypted."
            }
            type="password"
            autoComplete="off"
            value={draft.secretKey}
            onChange={(secretKey) => set({ secretKey })}
            error={errors.secretKey}
          />
        </div>
      )}
      {(isPair || adapter === "google-vertex-ai") && (
        <TextField
          label={isPair ? "Region" : "Location"}
          description={isPair ? undefined : "Empty: global."}
          placeholder={isPair ? "eu-central-1" : "europe-west4"}
          mono
          value={draft.place}
          onChange={(place) => set({ place })}
          error={errors.place}
        />
      )}
    </>
  );
}

export function More({ draft, errors, set }: FieldsProps): ReactElement {
  const { adapter } = draft;
  const usual = ADAPTERS[adapter].base;
  return (
    <>
      <TextField
        label="Base URL"
        description={adapter === "azure" ? undefined : "Empty: the provider's own."}
        placeholder={usual || undefined}
        mono
        value={draft.baseURL}
        onChange={(baseURL) => set({ baseURL })}
        error={errors.baseURL}
      />
      <TextArea
        label="Models"
        description="One on each line, as the provider names them."
        mono
        rows={3}
        value={draft.models}
        onChange={(models) => set({ models })}
        error={errors.models}
      />
      <Switch
        isSelected={draft.withDefaultModels}
        onChange={(withDefaultModels) => set({ withDefaultModels })}
      >
        Also the usual models of the provider
      </Switch>
      {adapter === "openai" && (
        <Switch
          isSelected={draft.useResponsesApi}
          onChange={(useResponsesApi) => set({ useResponsesApi })}
          description="Instead of chat completions."
        >
          Responses API
        </Switch>
      )}
      <TextArea
        label="Extra headers"
        description="Name: value, one on each line. Values are kept encrypted."
        mono
        rows={2}
        value={draft.headers}
        onChange={(headers) => set({ headers })}
        error={errors.headers}
      />
    </>
  );
}
