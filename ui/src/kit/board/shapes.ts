// Answers -> what the cards of a board show. Pure.
import { numberOf, textOf, type Answer, type Row } from "@/kit/metrics";

export const NO_MODEL = "No model";
export const STATES = ["ok", "warning", "error"] as const;

/** Traces by their worst level; both questions are of the same buckets. */
export function statesOf(all: Answer, warnings: Answer): Answer {
  const warned = new Map(
    warnings.data.map((row) => [textOf(row, "time_dimension"), numberOf(row, "count_count") ?? 0]),
  );
  const data = all.data.map((row): Row => {
    const error = numberOf(row, "sum_errorRate") ?? 0;
    const warning = warned.get(textOf(row, "time_dimension")) ?? 0;
    // Data may arrive between the two answers.
    const ok = Math.max((numberOf(row, "count_count") ?? 0) - error - warning, 0);
    return { time_dimension: row.time_dimension ?? null, ok, warning, error };
  });
  return { ...all, data };
}

export const TOKEN_KINDS = ["input", "cached", "output", "reasoning"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number] | "other";

/** Names of usage differ by provider: `cache_read_input_tokens`, `input_cached_tokens`, `output_reasoning_tokens`. */
export function tokenKind(usageType: string): TokenKind | null {
  const name = usageType.toLowerCase();
  if (name === "total") return null;
  if (name.includes("reasoning") || name.includes("thinking") || name.includes("thoughts"))
    return "reasoning";
  if (name.includes("cache")) return "cached";
  if (name.includes("input") || name.includes("prompt")) return "input";
  if (name.includes("output") || name.includes("completion")) return "output";
  return "other";
}

/** Usage by type -> usage by kind. Totals would count everything twice. */
export function kindsOf(answer: Answer): Answer {
  const data = answer.data.flatMap((row): Row[] => {
    const type = textOf(row, "usageType");
    if (type === null) return [{ ...row, usageType: null }];
    const kind = tokenKind(type);
    return kind === null ? [{ ...row, usageType: null, sum_usageByType: 0 }] : [{ ...row, usageType: kind }];
  });
  return { ...answer, data };
}

/** The sum of the models' costs, when it says something else than the total; null when they agree. */
export function differingSum(rows: readonly Row[], metric: string, total: number | null): number | null {
  const sum = rows.reduce((found, row) => found + (numberOf(row, metric) ?? 0), 0);
  if (total === null) return sum > 0 ? sum : null;
  return Math.abs(sum - total) > Math.max(Math.abs(total) * 0.005, 1e-9) ? sum : null;
}

export const LATENCIES = ["p50", "p95", "p99"] as const;
