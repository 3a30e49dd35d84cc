import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const router = process.env["ROUTER_URL"] ?? "http://127.0.0.1:4000";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", sourcemap: false },
  server: { proxy: { "/graphql": router, "/client.json": router } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
