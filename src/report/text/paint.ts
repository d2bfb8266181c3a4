/** The colors of the text report; the sixteen that every terminal theme defines. */
import { styleText } from 'node:util';
import type { Severity } from '../../model/finding.ts';
import type { Assurance, LicenseSummary, ReportVerdict } from '../../model/report.ts';

type Brush = (text: string) => string;
type Style = Extract<Parameters<typeof styleText>[0], string>;

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

export function createPaint(colors: boolean): Paint {
  const plain: Brush = (text) => text;
  const brush = (...styles: Style[]): Brush => (colors ? (text) => styled(styles, text) : plain);
  return {
    heading: brush('bold', 'underline'),
    strong: brush('bold'),
    faint: brush('gray'),
    caret: brush('red', 'bold'),
    help: brush('green'),
    warning: brush('yellow'),
    undetermined: brush('magenta', 'bold'),
    severity: {
      critical: brush('white', 'bgRed', 'bold'),
      high: brush('red', 'bold'),
      medium: brush('yellow', 'bold'),
      low: brush('cyan', 'bold'),
      informational: brush('blue', 'bold'),
    },
    assurance: {
      anchored: brush('green'),
      chained: brush('green'),
      erased: plain,
      unprotected: brush('yellow'),
      unverifiable: brush('magenta'),
      broken: brush('red'),
    },
    license: {
      within: brush('green'),
      overage: brush('yellow'),
      exceeded: brush('red'),
      undetermined: brush('magenta'),
    },
    verdict: {
      clean: brush('green', 'bold'),
      findings: brush('red', 'bold'),
      incomplete: brush('magenta', 'bold'),
    },
  };
}

/** The command line knows whether there are colors: the stream is not asked again. */
function styled(styles: Style[], text: string): string {
  return text === '' ? '' : styleText(styles, text, { validateStream: false });
}
