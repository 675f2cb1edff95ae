// Bundles what browsers load: each *.js and *.css directly in <part>/assets/ (names that begin with
// "_" are only imported by others) becomes <part>/static/dist/<same name>. Fonts and pictures that a
// style sheet names are copied beside it. dist/manifest.json maps each name to name?v=<hash>, so that
// pages can be cached for ever and still change at once.
//
// `@import "sangdam:icons"` in a style sheet brings exactly the Tabler icons that the part uses:
// <i class="ti ti-phone"></i> or icon("phone") in its templates, scripts and Python files.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const iconFolder = join(root, "node_modules/@tabler/icons/icons");
const parts = ["admin_ui", "agent_ui"];

let failed = false;
for (const part of parts) {
  await build(part).catch((error) => {
    failed = true;
    if (!error.errors) console.error(`${part}: ${error.message}`); // esbuild has printed its own
  });
}
process.exit(failed ? 1 : 0);

async function build(part) {
  const assets = join(root, part, "assets");
  const dist = join(root, part, "static", "dist");
  const entries = existsSync(assets)
    ? (await readdir(assets)).filter((name) => /^[^_.].*\.(js|css)$/.test(name)).map((name) => join(assets, name))
    : [];
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const result = await esbuild.build({
    entryPoints: entries,
    outdir: dist,
    outbase: assets,
    bundle: true,
    minify: true,
    sourcemap: process.env.SANGDAM_FRONT_SOURCEMAP === "1",
    target: ["es2020", "chrome100", "firefox100", "safari15"],
    format: "iife",
    legalComments: "linked",
    assetNames: "files/[name]-[hash]",
    loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".svg": "dataurl", ".png": "file", ".mp3": "file" },
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    nodePaths: [join(root, "node_modules")],
    plugins: [icons(part)],
    metafile: true,
    logLevel: "warning",
  });
  const manifest = {};
  for (const output of Object.keys(result.metafile.outputs).sort()) {
    const name = relative(dist, join(process.cwd(), output));
    if (!/^[^/]+\.(js|css)$/.test(name)) continue;
    const bytes = await readFile(join(dist, name));
    manifest[name] = `${name}?v=${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
    console.log(`  ${part}/static/dist/${name}  ${(bytes.length / 1024).toFixed(0)} KB`);
  }
  await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
}

/** Resolves `sangdam:icons` to a style sheet with the icons that the part names. */
function icons(part) {
  return {
    name: "icons",
    setup(build) {
      build.onResolve({ filter: /^sangdam:icons$/ }, () => ({ path: part, namespace: "icons" }));
      build.onLoad({ filter: /.*/, namespace: "icons" }, async () => ({ contents: await iconStyles(part), loader: "css" }));
    },
  };
}

async function iconStyles(part) {
  const wanted = new Set();
  for (const file of await sources(join(root, part))) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/(?<![\w-])ti-([a-z0-9]+(?:-[a-z0-9]+)*)/g)) {
      if (await iconFile(name)) wanted.add(name);
      else console.warn(`${relative(root, file)}: there is no Tabler icon "${name}"`);
    }
    for (const [, name] of text.matchAll(/\bicon\(\s*["']([a-z0-9-]+)["']/g)) if (await iconFile(name)) wanted.add(name);
  }
  const rules = [
    ".ti{display:inline-block;width:1em;height:1em;vertical-align:-0.125em;background-color:currentColor;" +
      "-webkit-mask:var(--ti) center/100% 100% no-repeat;mask:var(--ti) center/100% 100% no-repeat}",
  ];
  for (const name of [...wanted].sort()) {
    const svg = (await readFile(await iconFile(name), "utf8"))
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/\s+class="[^"]*"/g, "")
      .replaceAll("currentColor", "#000")
      .replace(/\s*\n\s*/g, " ")
      .trim();
    rules.push(`.ti-${name}{--ti:url("data:image/svg+xml,${encodeURIComponent(svg).replaceAll("'", "%27")}")}`);
  }
  return rules.join("\n");
}

async function iconFile(name) {
  const [folder, plain] = name.endsWith("-filled") ? ["filled", name.slice(0, -7)] : ["outline", name];
  const file = join(iconFolder, folder, `${plain}.svg`);
  return existsSync(file) ? file : null;
}

async function sources(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["dist", "__pycache__", "translations"].includes(entry.name)) found.push(...(await sources(path)));
    } else if (/\.(html|j2|js|py|svg)$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}
