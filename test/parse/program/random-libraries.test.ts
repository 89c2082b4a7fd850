import { describe, expect, it } from "vitest";
import { randomLibraries, randomLibrary, runtimeOf } from "../../../src/parse/program/random-libraries.ts";

describe("a library that draws random bytes", () => {
  it.each([
    ["/usr/lib64/libgcrypt.so.20.4.1", "libgcrypt.so.20"],
    ["/usr/lib64/libgcrypt.so.11.8.2", "libgcrypt.so.11"],
    ["/usr/lib64/libcrypto.so.3.2.1", "libcrypto.so.3"],
    ["/usr/lib64/libcrypto.so.1.1.1k", "libcrypto.so.1.1"],
    ["/usr/lib64/libcrypto.so.1.0.2k", "libcrypto.so.10"],
    ["/lib/x86_64-linux-gnu/libcrypto.so.1.0.0", "libcrypto.so.1.0.0"],
    ["libgnutls.so.30.37.1", "libgnutls.so.30"],
    ["/usr/lib64/libfreeblpriv3.so", "libfreeblpriv3.so"],
    ["/usr/lib64/libsodium.so.26.1.0", "libsodium.so.26"],
    ["/usr/lib64/libc.so.6", "libc.so.6"],
    ["/lib/x86_64-linux-gnu/libc-2.31.so", "libc.so.6"],
    ["/lib/ld-musl-x86_64.so.1", "libc.musl.so.1"],
  ])("%s is %s", (path, soname) => {
    expect(randomLibrary(path)).toMatchObject({ soname });
  });

  it.each([
    "/usr/lib64/libcap.so.2",
    "/usr/lib64/libcryptsetup.so.12",
    "/usr/lib64/mylibgcrypt.so.20",
    "/tmp/libgcrypt.so.20/x",
    "/usr/lib64/libgcrypt.so",
    "",
  ])("%s is none", (path) => {
    expect(randomLibrary(path)).toBeNull();
  });
});

it("the likeliest stands first, and libc only alone", () => {
  const sonames = (...paths: readonly string[]): readonly string[] =>
    randomLibraries(paths).map(({ soname }) => soname);
  expect(
    sonames(
      "/l/libc.so.6",
      "/l/libgcrypt.so.20.4.1",
      "/l/libgcrypt.so.20",
      "/l/libgnutls.so.30",
      "/l/libcrypto.so.3.0.1",
    ),
  ).toEqual(["libcrypto.so.3", "libgnutls.so.30", "libgcrypt.so.20"]);
  expect(sonames("/bin/sh", "/l/libc.so.6")).toEqual(["libc.so.6"]);
  expect(sonames()).toEqual([]);
});

describe("a runtime", () => {
  it.each([
    ["/usr/bin/node-22", [], null, "Node.js"],
    ["/opt/x", ["/usr/lib64/libnode.so.127"], null, "Node.js"],
    ["/usr/bin/python3.13", ["/usr/lib64/libc.so.6"], null, "Python"],
    ["/usr/libexec/platform-python3.6", [], null, "Python"],
    ["/usr/bin/x", ["/usr/lib64/libpython3.13.so.1.0"], null, "Python"],
    ["/usr/bin/java", ["/usr/lib/jvm/lib/server/libjvm.so"], null, "JVM"],
    ["/usr/bin/dockerd", ["/usr/lib64/libc.so.6"], "Go", "Go"],
    ["/usr/bin/dd", ["/usr/lib64/libc.so.6"], null, "glibc"],
    ["/bin/dd", ["/lib/ld-musl-aarch64.so.1"], null, "musl"],
    ["/usr/bin/nodemon", [], null, null],
    [null, [], null, null],
  ])("of %s with %j", (exe, paths, language, runtime) => {
    expect(runtimeOf(exe, paths, language)).toBe(runtime);
  });
});
