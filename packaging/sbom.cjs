"use strict";
// sbom.cjs FOLDER: prints the bill of materials (CycloneDX 1.5) of the packages in FOLDER/node_modules, from its
// package-lock.json. `npm sbom` (npm 11) puts a random serial number, the time and the folder's name into it, and leaves
// out a package that a development package wants, too.
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

const [folder] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
const { name, version, license, description } = read("package.json");
const { packages } = read("package-lock.json");

const reference = (packageName, entry) => `pkg:npm/${packageName.replace("@", "%40")}@${entry.version}`;
const shipped = Object.entries(packages)
  .filter(([place]) => place !== "" && existsSync(path.join(folder, place)))
  .map(([place, entry]) => [place.replace(/^.*node_modules\//, ""), entry]);
const references = new Map(shipped.map(([packageName, entry]) => [packageName, reference(packageName, entry)]));
const dependsOn = ({ dependencies = {}, optionalDependencies = {} }) =>
  Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((needed) => references.get(needed) ?? []);
const own = `pkg:npm/${name}@${version}`;

const bill = {
  $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: {
    timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString(),
    component: {
      "bom-ref": own,
      type: "application",
      name,
      version,
      description,
      licenses: [{ license: { id: license } }],
      purl: own,
    },
  },
  components: shipped.map(([packageName, entry]) => ({
    "bom-ref": references.get(packageName),
    type: "library",
    name: packageName,
    version: entry.version,
    hashes: [
      { alg: "SHA-512", content: Buffer.from(entry.integrity.replace("sha512-", ""), "base64").toString("hex") },
    ],
    licenses: [{ license: { id: entry.license } }],
    purl: references.get(packageName),
    externalReferences: [{ type: "distribution", url: entry.resolved }],
  })),
  dependencies: [
    { ref: own, dependsOn: dependsOn(packages[""]) },
    ...shipped.map(([packageName, entry]) => ({ ref: references.get(packageName), dependsOn: dependsOn(entry) })),
  ],
};
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
