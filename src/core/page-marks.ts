/** The start of a page of `--format html`, which tells it from other HTML. */
export const pageStart = "<!DOCTYPE html><!-- crngwatch.boots/1 -->";

/** What stands around the boot records in such a page. */
export const recordsElement = {
  start: '<script type="application/json" id="crngwatch-records">',
  end: "</script>",
} as const;
