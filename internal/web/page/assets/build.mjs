// Bundles src/bundle/* into dist/: one file there is one <script> or <link> of
// a page. What several share goes into chunks of their own, so that a custom
// element is defined once, whoever brings it.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";

const dist = new URL("dist/", import.meta.url);
for (const name of readdirSync(dist)) {
  if (name !== "README.md") rmSync(new URL(name, dist));
}
await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["src/bundle/*"],
  outbase: "src/bundle",
  outdir: "dist",
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome111", "firefox114", "safari16.4"],
  logLevel: "warning",
});
