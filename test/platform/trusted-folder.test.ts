import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FolderShared, trustedFolder } from "../../src/platform/trusted-folder.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

/** A user that is neither root nor this one. */
const stranger = 65_534;
const whyNoOwner = process.geteuid?.() === 0 ? null : "only root gives a folder to another user";

/** A folder inside two others. */
function nested(): { readonly outer: string; readonly inner: string; readonly folder: string } {
  const outer = join(temporaryFolder(), "outer");
  const inner = join(outer, "inner");
  const folder = join(inner, "state");
  mkdirSync(folder, { recursive: true });
  return { outer, inner, folder };
}

describe("trustedFolder", () => {
  it("is the folder itself, and is made where it was not there", () => {
    const { inner, folder } = nested();
    expect(trustedFolder(folder)).toBe(folder);
    expect(trustedFolder(join(inner, "new"))).toBe(join(inner, "new"));
    expect(existsSync(join(inner, "new"))).toBe(true);
  });

  it("is the place where links lead, and no link of root or this user is an obstacle", () => {
    const { outer, inner, folder } = nested();
    symlinkSync("inner/../inner", join(outer, "relative"));
    symlinkSync(join(outer, "relative/state"), join(outer, "absolute"));
    for (const name of ["relative/state", "absolute", "./relative/../inner/state/"])
      expect(trustedFolder(`${outer}/${name}`)).toBe(folder);
    symlinkSync("loop", join(inner, "loop"));
    expect(() => trustedFolder(join(inner, "loop/state"))).toThrow(/ELOOP/);
  });

  it.each([0o777, 0o1777, 0o775])(
    "is none that others may write to, with mode %o, and nothing is written there",
    (mode) => {
      const folder = temporaryFolder();
      chmodSync(folder, mode);
      expect(() => trustedFolder(folder)).toThrow(new FolderShared(`other users may write to '${folder}'`));
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each(["state", "new"])("is none below a folder that others may write to, unless that is sticky: %s", (name) => {
    const { outer, inner } = nested();
    chmodSync(outer, 0o777);
    expect(() => trustedFolder(join(inner, name))).toThrow(new FolderShared(`other users may write to '${outer}'`));
    expect(readdirSync(inner)).toEqual(["state"]);
    chmodSync(outer, 0o1777);
    expect(trustedFolder(join(inner, name))).toBe(join(inner, name));
  });

  it.for(["outer", "inner", "folder"] as const)(
    "is none where another user has it or one above: the %s",
    (which, context) => {
      if (whyNoOwner !== null) return context.skip(whyNoOwner);
      const places = nested();
      chownSync(places[which], stranger, stranger);
      for (const mode of [0o755, 0o1755, 0o555]) {
        chmodSync(places[which], mode);
        expect(() => trustedFolder(places.folder)).toThrow(
          new FolderShared(`'${places[which]}' belongs to user ${stranger}, who may put something else in its place`),
        );
      }
    },
  );

  it("is none that another user's link leads to, or a link in a folder of another user", (context) => {
    if (whyNoOwner !== null) return context.skip(whyNoOwner);
    const { outer, folder } = nested();
    const other = temporaryFolder();
    for (const link of [join(outer, "link"), join(other, "link")]) symlinkSync(folder, link);
    lchownSync(join(outer, "link"), stranger, stranger);
    chownSync(other, stranger, stranger);
    for (const link of [join(outer, "link"), join(other, "link")]) {
      expect(() => trustedFolder(link)).toThrow(FolderShared);
      expect(() => trustedFolder(join(link, "new"))).toThrow(FolderShared);
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});
