import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fipsByOpensslConf } from "../../../src/parse/program/openssl-conf.ts";
import { anyText } from "../../support/inputs/any-text.ts";

/** As fips_config(5ssl) and README-FIPS of OpenSSL 3 have it. */
const conf = (fipsActive: string, defaultActive = "0", more = ""): string => `
# comment with [brackets]
config_diagnostics = 1
openssl_conf = openssl_init
.include /etc/ssl/fipsmodule.cnf

[openssl_init]
providers = provider_sect
alg_section = algorithm_sect ${more}
[ provider_sect ]
fips = fips_sect
default = default_sect
[default_sect]
activate = ${defaultActive}
[fips_sect]
activate = ${fipsActive}   # on
`;

describe("OpenSSL's configuration", () => {
  it("puts programs into FIPS mode by its providers", () => {
    expect(fipsByOpensslConf(conf("1"))).toBe(true);
    expect(fipsByOpensslConf(conf("yes"))).toBe(true);
    expect(fipsByOpensslConf(conf("0"))).toBe(false);
    expect(fipsByOpensslConf(conf("1", "1"))).toBe(false);
  });

  it("puts programs into FIPS mode by its algorithms", () => {
    const properties = (value: string): string => `${conf("0", "1")}[algorithm_sect]\ndefault_properties = ${value}\n`;
    expect(fipsByOpensslConf(properties("fips=yes"))).toBe(true);
    expect(fipsByOpensslConf(properties("provider=x, fips = yes"))).toBe(true);
    expect(fipsByOpensslConf(properties('"fips=yes"'))).toBe(true);
    expect(fipsByOpensslConf(properties("fips=no"))).toBe(false);
    expect(fipsByOpensslConf(properties("-fips"))).toBe(false);
  });

  it("reads a bracket on one side alone as part of a value, and not as a section", () => {
    expect(fipsByOpensslConf(conf("1").replace("[provider_sect]", "[ provider_sect ]\nname = [1\n[other"))).toBe(true);
    expect(fipsByOpensslConf(conf("1").replace("[default_sect]", "other]\n[default_sect]"))).toBe(true);
  });

  it("leaves open what an included file may say", () => {
    expect(fipsByOpensslConf(conf("1").replace("[fips_sect]\nactivate = 1   # on\n", ""))).toBeNull();
  });

  it("is that of most hosts", () => {
    expect(fipsByOpensslConf("")).toBe(false);
    expect(
      fipsByOpensslConf(
        "openssl_conf = default_modules\n[default_modules]\nssl_conf = ssl_module\nproviders = provider_sect\n[provider_sect]\ndefault = default_sect\n[default_sect]\nactivate = 1\n",
      ),
    ).toBe(false);
  });

  it("may hold anything", () => {
    const word = fc.constantFrom(
      "[a]",
      "openssl_conf = a",
      "providers = a",
      "fips = a",
      "activate = 1",
      "alg_section = a",
      "default_properties = fips",
      "\\",
      "[",
      "]",
      "=",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyText(),
          fc.array(word).map((lines) => lines.join("\n")),
        ),
        (text) => [true, false, null].includes(fipsByOpensslConf(text)),
      ),
    );
  });
});
