// Asks the server: the public metrics routes with the session, so the numbers are those of the API.
import { api } from "@/api";
import { write, type Answer, type Question, type Row, type Scope } from "./question";

export type Version = "v1" | "v2";

const PATHS = { v1: "/api/public/metrics", v2: "/api/public/v2/metrics" } as const;

export async function ask(
  project: string,
  version: Version,
  question: Question,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Answer> {
  const at = Date.now();
  const query = { query: write(question, scope) };
  const answer = await api.get(PATHS[version], {
    query,
    project,
    ...(signal ? { signal } : {}),
  });
  return { ...answer, data: answer.data as Row[], asked: { scope, over: question.over, at } };
}
