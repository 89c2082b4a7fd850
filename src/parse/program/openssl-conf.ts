/** More than any sane file has. */
const mostSections = 256;

/**
 * Whether OpenSSL 3's configuration (config(5ssl), fips_config(5ssl)) puts programs into FIPS mode: algorithms are
 * chosen with `fips=yes`, or the fips provider is active and the default one is not. Null: it is no such text, or a
 * file that it includes may decide it.
 */
export function fipsByOpensslConf(text: string): boolean | null {
  const sections = sectionsOf(text);
  const initial = sections.get("")?.get("openssl_conf");
  const init = initial === undefined ? undefined : sections.get(initial);
  if (init === undefined) return false;
  const properties = sections.get(init.get("alg_section") ?? "")?.get("default_properties");
  if (properties !== undefined && /(?:^|,)\s*fips\s*(?:=\s*yes\s*)?(?:,|$)/i.test(properties)) return true;
  const providers = sections.get(init.get("providers") ?? "");
  const fips = providers?.get("fips");
  if (providers === undefined || fips === undefined) return false;
  const isActive = (name: string | undefined): boolean =>
    /^(?:1|yes|on|true)$/i.test(sections.get(name ?? "")?.get("activate") ?? "");
  if (isActive(providers.get("default"))) return false;
  // fipsmodule.cnf, which openssl-fipsinstall(1ssl) writes, is usually included.
  if (!sections.has(fips)) return null;
  return isActive(fips);
}

function sectionsOf(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  let current = new Map<string, string>();
  const sections = new Map([["", current]]);
  for (const raw of text.replaceAll("\\\n", "").split("\n")) {
    const line = (raw.split("#", 1)[0] ?? "").trim();
    const section = line.startsWith("[") && line.endsWith("]") ? line.slice(1, -1).trim() : "";
    if (/^[^\]]{1,256}$/.test(section)) {
      if (sections.size >= mostSections) break;
      // A section may be opened again, and is then continued.
      current = sections.get(section) ?? new Map<string, string>();
      sections.set(section, current);
      continue;
    }
    const equals = line.indexOf("=");
    if (equals > 0)
      current.set(
        line.slice(0, equals).trim(),
        line
          .slice(equals + 1)
          .trim()
          .replace(/^(["'])(.*)\1$/, "$2"),
      );
  }
  return sections;
}
