// A call to a provider as a command and as a program: both run as they are once the key is in the environment.
import type { ProviderCall } from "./material";

export function asCurl({ base, path, key, headers, body, leftOut }: ProviderCall): string {
  const lines = [
    ...notesOf(leftOut),
    `curl "\${${base.variable}:-${base.address}}${path}" \\`,
    `  -H "${key.header}: ${key.prefix}$${key.variable}" \\`,
    ...Object.entries(headers).map(([name, value]) => `  -H "${name}: ${value}" \\`),
    // Between quoted marks the shell changes nothing, and no line of JSON is the mark.
    "  -d @- <<'JSON'",
    JSON.stringify(body, null, 2),
    "JSON",
  ];
  return `${lines.join("\n")}\n`;
}

export function asPython({ base, path, key, headers, body, leftOut }: ProviderCall): string {
  const sent = Object.entries(headers).map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`);
  const lines = [
    ...notesOf(leftOut),
    "import json",
    "import os",
    "import urllib.request",
    "",
    `url = os.environ.get(${quoted(base.variable)}, ${quoted(base.address)}) + ${quoted(path)}`,
    "headers = {",
    `    ${quoted(key.header)}: ${quoted(key.prefix)} + os.environ[${quoted(key.variable)}],`,
    ...sent,
    "}",
    `body = ${literal(body, "")}`,
    "",
    "request = urllib.request.Request(url, json.dumps(body).encode(), headers)",
    "with urllib.request.urlopen(request) as answer:",
    "    print(json.dumps(json.load(answer), indent=2, ensure_ascii=False))",
  ];
  return `${lines.join("\n")}\n`;
}

function notesOf(leftOut: readonly string[]): string[] {
  return leftOut.length > 0 ? [`# Recorded, and not in this call: ${leftOut.map(oneLine).join(", ")}`] : [];
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

// A string of JSON is one of Python, too.
const quoted = (text: string): string => JSON.stringify(text);

function literal(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((each) => `${inner}${literal(each, inner)},\n`).join("")}${indent}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    const lines = entries.map(([name, each]) => `${inner}${quoted(name)}: ${literal(each, inner)},\n`);
    return `{\n${lines.join("")}${indent}}`;
  }
  return JSON.stringify(value);
}
