// The entry: one query client, one router, one tree.
import "@/design/index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "@/api";
import { makeRouter } from "./router";
import { watchSession } from "./shell/session";
import { watchStaleTab } from "./shell/stale-tab";

watchStaleTab();
const queries = makeQueryClient();
const router = makeRouter(queries);
watchSession(router, queries);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
