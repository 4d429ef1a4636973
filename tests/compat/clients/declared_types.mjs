// Checks answers against what the SDK itself declares: the return types of its generated API client, read with the
// TypeScript compiler. A field that is declared and not optional must be there; fields beyond those are fine.
import { createRequire } from "node:module";
import ts from "typescript";

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const IS_MOMENT = /(At|Time|timestamp|Timestamp)$/;

const path = createRequire(import.meta.url).resolve("@langfuse/core").replace(/\.cjs$/, ".d.ts");
const program = ts.createProgram([path], { target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true });
const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)));
const clientType = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === "LangfuseAPIClient"));

const has = (type, flag) => (type.flags & flag) !== 0;
const isOptional = (property) => (property.flags & ts.SymbolFlags.Optional) !== 0;
const typeOf = (type, name) => checker.getTypeOfSymbol(checker.getPropertyOfType(type, name));

/** The type of what a method gives, such as `prompts.get`; undefined where there is no such method. */
function findAnswerType(method) {
  const type = method.split(".").reduce(typeOf, clientType);
  return checker.getTypeArguments(type.getCallSignatures()[0].getReturnType())[0];
}

/** Every method of the client that calls the server: `prompts.get`, `legacy.scoreV1.create` and so on. */
export function listMethods(type = clientType, prefix = "") {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const own = checker.getTypeOfSymbol(property);
    const [signature] = own.getCallSignatures();
    if (!signature) return property.name.startsWith("_") ? [] : listMethods(own, `${prefix}${property.name}.`);
    return signature.getReturnType().symbol?.name === "HttpResponsePromise" ? [`${prefix}${property.name}`] : [];
  });
}

/** What is wrong with the answer of a method, one line each. */
export const problemsOf = (method, answer) => check(findAnswerType(method), answer, "answer");

function check(type, value, place) {
  if (has(type, ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Void)) return [];
  if (type.isUnion()) return checkUnion(type, value, place);
  if (type.isLiteral()) return value === type.value ? [] : [`${place}: ${JSON.stringify(value)} is not ${JSON.stringify(type.value)}`];
  if (has(type, ts.TypeFlags.BooleanLiteral)) return `${value}` === checker.typeToString(type) ? [] : [`${place}: ${value}`];
  const primitive = primitiveOf(type);
  if (primitive) return typeof value === primitive ? checkMoment(value, place) : [`${place}: ${primitive} expected, not ${describe(value)}`];
  if (has(type, ts.TypeFlags.Null | ts.TypeFlags.Undefined)) return value == null ? [] : [`${place}: nothing expected`];
  if (checker.isArrayType(type)) return checkArray(type, value, place);
  return checkObject(type, value, place);
}

const describe = (value) => (value === null ? "null" : Array.isArray(value) ? "an array" : typeof value);

function primitiveOf(type) {
  if (has(type, ts.TypeFlags.String)) return "string";
  if (has(type, ts.TypeFlags.Number)) return "number";
  return has(type, ts.TypeFlags.Boolean) ? "boolean" : null;
}

function checkMoment(value, place) {
  const isWrong = typeof value === "string" && IS_MOMENT.test(place) && !MOMENT.test(value);
  return isWrong ? [`${place}: ${value} has not the form of a time`] : [];
}

/** The alternative with the fewest problems; of a discriminated union that is the one that was meant. */
function checkUnion(type, value, place) {
  const found = type.types.map((each) => check(each, value, place));
  return found.reduce((best, each) => (each.length < best.length ? each : best));
}

function checkArray(type, value, place) {
  if (!Array.isArray(value)) return [`${place}: array expected, not ${describe(value)}`];
  const [element] = checker.getTypeArguments(type);
  return value.flatMap((each, index) => check(element, each, `${place}[${index}]`));
}

function checkObject(type, value, place) {
  if (value === undefined && checker.getPropertiesOfType(type).length === 0) return []; // 204 for an empty object
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${place}: object expected, not ${describe(value)}`];
  const own = checker.getPropertiesOfType(type).flatMap((property) => checkProperty(property, value, place));
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  const entries = index ? Object.entries(value) : [];
  return [...own, ...entries.flatMap(([key, each]) => check(index.type, each, `${place}.${key}`))];
}

function checkProperty(property, value, place) {
  const inner = `${place}.${property.name}`;
  if (!(property.name in value)) return isOptional(property) ? [] : [`${inner}: missing`];
  const found = value[property.name];
  if (isOptional(property) && found === null) return []; // left out or null, both are how JSON says nothing
  return check(checker.getTypeOfSymbol(property), found, inner);
}
