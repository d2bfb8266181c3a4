/** The colors of the text report; the sixteen that every terminal theme defines. */
import { Chalk } from 'chalk';
import type { Severity } from '../../model/finding.ts';
import type { Assurance, LicenseSummary, ReportVerdict } from '../../model/report.ts';

type Brush = (text: string) => string;

export type Paint = {
  heading: Brush;
  strong: Brush;
  /** Rails, places and other furniture. */
  faint: Brush;
  caret: Brush;
  help: Brush;
  warning: Brush;
  undetermined: Brush;
  severity: Record<Severity, Brush>;
  assurance: Record<Assurance, Brush>;
  license: Record<LicenseSummary['verdict'], Brush>;
  verdict: Record<ReportVerdict, Brush>;
};

/** chalk's own detection is not asked: it ignores NO_COLOR on a terminal (5.6.2), and the command line knows the stream. */
export function createPaint(colors: boolean): Paint {
  const chalk = new Chalk({ level: colors ? 1 : 0 });
  const plain: Brush = (text) => text;
  return {
    heading: chalk.bold.underline,
    strong: chalk.bold,
    faint: chalk.gray,
    caret: chalk.red.bold,
    help: chalk.green,
    warning: chalk.yellow,
    undetermined: chalk.magenta.bold,
    severity: {
      critical: chalk.white.bgRed.bold,
      high: chalk.red.bold,
      medium: chalk.yellow.bold,
      low: chalk.cyan.bold,
      informational: chalk.blue.bold,
    },
    assurance: {
      anchored: chalk.green,
      chained: chalk.green,
      erased: plain,
      unprotected: chalk.yellow,
      unverifiable: chalk.magenta,
      broken: chalk.red,
    },
    license: {
      within: chalk.green,
      overage: chalk.yellow,
      exceeded: chalk.red,
      undetermined: chalk.magenta,
    },
    verdict: { clean: chalk.green.bold, findings: chalk.red.bold, incomplete: chalk.magenta.bold },
  };
}
