import { expect, test } from "vitest";
import { checkDays } from "./retention";

test.each([
  [null, null, {}],
  [null, 30, {}],
  [30, null, {}],
  [30, 30, {}],
  [3, 30, { bodyRetentionDays: "At most 3, as long as the traces are kept" }],
])("%s and %s days", (retentionDays, bodyRetentionDays, errors) => {
  expect(checkDays({ retentionDays, bodyRetentionDays })).toEqual(errors);
});
