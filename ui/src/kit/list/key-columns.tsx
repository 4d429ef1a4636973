// Columns of one key: `metadata.tenant`, `score."answer quality"`, and of observations the kinds of usage and cost and
// the model parameters. Which keys there are is learnt from the rows under the filter.
import type { Column } from "../data-table";
import { formatCost, formatCount, formatScore, formatNumber } from "../format";
import { parse, printField, type FieldRef } from "../query-language";
import type { Entity } from "./api";
import { isText, Missing, Preview, type RowScore } from "./cells";

type Shape = {
  label: string;
  entities: readonly Entity[];
  make: <R>(
    field: Required<FieldRef>,
    id: string,
  ) => Pick<Column<R>, "cell" | "copy" | "width"> & Partial<Column<R>>;
};

const valueIn = (row: unknown, name: string): unknown => (row as Record<string, unknown>)[name];
const textIn = (row: unknown, name: string): string | null => {
  const value = valueIn(row, name);
  return value === null || value === undefined ? null : String(value);
};

/** A number that stands on the row. */
function amount(format: (value: number) => string): Shape["make"] {
  return ({ name, key }) => {
    const field = `${name}.${key}`;
    return {
      width: 116,
      align: "end",
      needs: [field],
      cell: (row) => {
        const value = valueIn(row, field);
        return typeof value === "number" ? format(value) : <Missing />;
      },
      copy: (row) => textIn(row, field),
    };
  };
}

const SHAPES: Record<string, Shape> = {
  metadata: {
    label: "Metadata",
    entities: ["traces", "observations", "scores"],
    make: ({ name, key }) => {
      const field = `${name}.${key}`;
      return {
        width: 140,
        needs: [field],
        cell: (row, tall) => <Preview text={textIn(row, field)} tall={tall} />,
        condition: (row) => isText(name, textIn(row, field), key),
        copy: (row) => textIn(row, field),
      };
    },
  },
  score: {
    label: "Score",
    entities: ["traces", "observations", "sessions"],
    make: ({ name, key }) => {
      const of = (row: unknown): RowScore | undefined =>
        (valueIn(row, "scores") as RowScore[] | undefined)?.find((score) => score.name === key);
      const text = (row: unknown): string | null => {
        const score = of(row);
        return score ? (score.text ?? (score.value == null ? null : String(score.value))) : null;
      };
      return {
        width: 110,
        needs: ["scores"],
        cell: (row) => {
          const score = of(row);
          return score ? <span className="tabular">{formatScore(score)}</span> : <Missing />;
        },
        condition: (row) => isText(name, text(row), key),
        copy: text,
      };
    },
  },
  usagedetails: { label: "Usage", entities: ["observations"], make: amount(formatCount) },
  costdetails: { label: "Cost", entities: ["observations"], make: amount(formatCost) },
  parameters: {
    label: "Parameter",
    entities: ["observations"],
    make: ({ name, key }) => {
      const field = `${name}.${key}`;
      return {
        width: 150,
        needs: [field],
        cell: (row) => {
          const value = valueIn(row, field);
          return typeof value === "number" ? formatNumber(value) : (textIn(row, field) ?? <Missing />);
        },
        copy: (row) => textIn(row, field),
      };
    },
  },
};

/** How an address names such a column: as the query language names the field. */
export const keyColumnId = (name: string, key: string): string =>
  name === "metadata" || name === "score" ? printField({ name, key }) : `${name}.${key}`;

/** The column of an id in the address; null when it names no key that such rows can have. */
export function keyColumn<R>(entity: Entity, id: string): Column<R> | null {
  const field = fieldOf(id);
  const shape = field && Object.hasOwn(SHAPES, field.name) ? SHAPES[field.name] : undefined;
  if (!field || !shape?.entities.includes(entity)) return null;
  return {
    id,
    label: `${shape.label}: ${field.key}`,
    hidden: true,
    sort: false,
    ...shape.make<R>(field, id),
  };
}

function fieldOf(id: string): Required<FieldRef> | null {
  const plain = /^(usagedetails|costdetails|parameters)\.(.+)$/s.exec(id);
  if (plain) return { name: plain[1]!, key: plain[2]! };
  const { query, diagnostics } = parse(`${id}:*`);
  const [term] = query;
  if (diagnostics.length > 0 || query.length !== 1 || term?.kind !== "field") return null;
  const { name, key } = term.field;
  return key === undefined || key === "" ? null : { name, key };
}

/** Whether rows of the kind can have keys of the map. */
export function hasKeys(entity: Entity, name: "metadata" | "score"): boolean {
  return SHAPES[name]!.entities.includes(entity);
}
