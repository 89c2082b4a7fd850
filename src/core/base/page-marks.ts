/** The start of a page of `--format html`; other HTML begins otherwise. */
export const pageStart = "<!DOCTYPE html><!-- crngwatch.boots/1 -->";

/** What surrounds the boot records in such a page. */
export const recordsElement = {
  start: '<script type="application/json" id="crngwatch-records">',
  end: "</script>",
} as const;
