// The layers of the UI: shell, features -> trace -> kit -> design | api. What a feature needs of another goes down.
const layer = (name, from, to) => ({ name, severity: "error", from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "features-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    layer("features-not-shell", "^src/features/", "^src/(shell/|router)"),
    layer("trace-below-features", "^src/trace/", "^src/(features|shell|router)"),
    layer("kit-below-trace", "^src/kit/", "^src/(features|trace|shell|router)"),
    layer("design-knows-nothing", "^src/design/", "^src/(features|trace|kit|api|shell|router)"),
    layer("api-knows-nothing", "^src/api/", "^src/(features|trace|kit|design|shell|router)"),
    layer("schema-in-one-place", "^src/(?!api/)", "^src/api/schema[.]gen"),
    layer("charts-in-one-place", "^src/(?!kit/chart/)", "node_modules/uplot"),
    layer("editor-in-one-place", "^src/(?!kit/editor)", "node_modules/@codemirror"),
    layer("markdown-in-one-place", "^src/(?!kit/markdown)", "node_modules/marked"),
    layer("diff-in-one-place", "^src/(?!kit/diff)", "node_modules/diff/"),
    layer("graph-in-one-place", "^src/(?!trace/graph)", "node_modules/(@xyflow|@dagrejs)"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
