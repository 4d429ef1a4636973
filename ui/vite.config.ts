import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server behind `npm run dev`.
const SERVER = process.env.SPYGLASS_URL ?? "http://127.0.0.1:3000";

// The component kit brings its own words in 34 languages; the UI speaks English (see I18nProvider in shell/root.tsx).
const englishOnly = {
  name: "english-only",
  load(id: string): string | undefined {
    const isOther =
      /\/react-(?:aria|stately|aria-components)\/dist\/private\/intl\/(?:[^/]+\/)?(?!en-US)[a-z]{2}-[A-Z]{2}\.m?js$/.test(
        id,
      );
    return isOther ? "export default undefined;" : undefined;
  },
};

export default defineConfig({
  // Relative, so that the build works under any path prefix: the server writes <base href> into index.html.
  base: "./",
  plugins: [englishOnly, react(), tailwindcss()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "../src/spyglass/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": SERVER } },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    // The tests that type into the page take seconds where the processors are shared.
    testTimeout: 20_000,
  },
});
