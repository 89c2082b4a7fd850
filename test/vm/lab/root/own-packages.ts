import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packArchive } from "./archive.ts";
import { findProgram, runProgram } from "../host/host-programs.ts";
import { REPOSITORY } from "./project-files.ts";

/** Programs that build and check the packages, and the Debian package that each comes from. */
const BUILDERS: Readonly<Record<string, string>> = {
  git: "git",
  dh: "debhelper",
  "dpkg-buildpackage": "dpkg-dev",
  rpmbuild: "rpm",
  rpmlint: "rpmlint",
};

/** Why the packages cannot be built here, or null. */
export function packagesSkipReason(): string | null {
  const lacking = Object.entries(BUILDERS).filter(([name]) => findProgram(name) === null);
  if (lacking.length > 0) return `building the packages needs ${lacking.map(([, from]) => from).join(", ")}`;
  if (!existsSync("/usr/share/selinux/devel/Makefile")) return "building the RPM needs selinux-policy-dev";
  return existsSync(join(REPOSITORY, ".git")) ? null : "the release is made from a git checkout";
}

export interface Packages {
  /** crngwatch 0.1.0-1. */
  readonly deb: string;
  /** The same files as the next version, to upgrade to. */
  readonly nextDeb: string;
  /** Stands for the distribution's nodejs, in the version of the host's. */
  readonly nodeDeb: string;
  /** The RPM's payload with its units enabled as the preset says, as an archive to lay over a root. */
  readonly rpmPayload: string;
  /** What rpmlint reports on the RPMs. */
  readonly rpmlint: string;
}

/** Builds the release and, from its tarball alone, the packages; all that is made lies in `work`. */
export async function buildPackages(work: string): Promise<Packages> {
  const checkout = join(work, "checkout");
  await mkdir(checkout);
  await runProgram("sh", ["-c", 'git ls-files -z | xargs -0 cp --parents --no-dereference -t "$1"', "sh", checkout], {
    cwd: REPOSITORY,
  });
  for (const name of [".git", "dist"]) await runProgram("cp", ["-r", join(REPOSITORY, name), checkout]);
  const environment = { SOURCE_DATE_EPOCH: "1764288000" };
  for (const script of ["dist", "build-deb", "build-rpm"])
    await runProgram("sh", [`packaging/${script}.sh`], { cwd: checkout, environment });
  const deb = await only(join(checkout, "build/deb"), /^crngwatch_.*\.deb$/);
  const rpm = await only(join(checkout, "build/rpm"), /^crngwatch-\d.*x86_64\.rpm$/);
  return {
    deb,
    nextDeb: await nextVersion(deb, work),
    nodeDeb: await nodePackage(work),
    rpmPayload: await payload(rpm, work),
    rpmlint: await rpmlint(checkout),
  };
}

async function rpmlint(checkout: string): Promise<string> {
  const command = "rpmlint --config packaging/rpm/rpmlint.toml build/rpm/*.rpm || true";
  return await runProgram("sh", ["-c", command], { cwd: checkout });
}

async function only(folder: string, pattern: RegExp): Promise<string> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  if (names[0] === undefined || names.length > 1)
    throw new Error(`Cannot find the package in '${folder}': ${names.join(" ")}`);
  return join(folder, names[0]);
}

async function nextVersion(deb: string, work: string): Promise<string> {
  const [folder, next] = [join(work, "next"), join(work, "crngwatch_next.deb")];
  await runProgram("dpkg-deb", ["--raw-extract", deb, folder]);
  await runProgram("sed", ["-i", "s/^Version: .*/Version: 0.1.0-2/", join(folder, "DEBIAN/control")]);
  await runProgram("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", folder, next]);
  return next;
}

async function nodePackage(work: string): Promise<string> {
  const [folder, deb] = [join(work, "nodejs/DEBIAN"), join(work, "nodejs.deb")];
  await mkdir(folder, { recursive: true });
  const fields = [
    "Package: nodejs",
    `Version: ${process.versions.node}`,
    "Architecture: all",
    "Maintainer: the lab <lab@localhost>",
    "Description: stands for the distribution's package",
  ];
  await writeFile(join(folder, "control"), `${fields.join("\n")}\n`);
  await runProgram("dpkg-deb", ["--root-owner-group", "--build", join(work, "nodejs"), deb]);
  return deb;
}

async function payload(rpm: string, work: string): Promise<string> {
  const [folder, archive] = [join(work, "payload"), join(work, "payload.cpio")];
  await mkdir(folder);
  await runProgram("sh", ["-c", 'rpm2cpio "$1" | cpio --quiet -idm', "sh", rpm], { cwd: folder });
  await runProgram("systemctl", [
    `--root=${folder}`,
    "preset",
    "--quiet",
    ...(await readdir(join(folder, "usr/lib/systemd/system"))),
  ]);
  await packArchive(folder, archive);
  return archive;
}
