namespace Nola.Client.Studies.Figures;

/// <summary>The style of the page, light or dark as the reader's system is.</summary>
internal static class PageStyle
{
    public const string Text =
        """
        :root { color-scheme: light dark; --back: #ffffff; --card: #f7f8fa; --text: #1d2430; --soft: #5d6878; --grid: #e3e6eb; --axis: #98a2b0; --dot: #1d2430;
          --blue: #2f6fdb; --orange: #e08a1e; --red: #cf3f3f; --teal: #1f9a8a; --purple: #9a4fc4; --grey: #9aa3af;
          --q0: #e6ecf5; --q1: #cfdcf0; --q2: #b3cbea; --q3: #93b7e3; --q4: #6fa0da; --q5: #4a86cd; --q6: #2d6bb8; --q7: #17519b; --q8: #08386f; }
        @media (prefers-color-scheme: dark) { :root { --back: #12161d; --card: #1a202a; --text: #e4e8ef; --soft: #97a3b4; --grid: #2a323e; --axis: #5b6777; --dot: #ffffff;
          --blue: #6ea3ff; --orange: #f0a746; --red: #f07070; --teal: #4cc9b6; --purple: #c58be8; --grey: #76808e;
          --q0: #1e2a3d; --q1: #22375a; --q2: #264677; --q3: #2c5893; --q4: #366db0; --q5: #4a86ca; --q6: #6ba3de; --q7: #98c3ee; --q8: #d2e6fa; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 18px; max-width: 1360px; margin: 0 auto; padding: 24px 20px 48px; }
        header, .wide { grid-column: 1 / -1; }
        h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 0 0 8px; }
        header p { margin: 0; color: var(--soft); }
        .legend { margin-top: 8px; display: flex; flex-wrap: wrap; gap: 4px 18px; }
        .key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; }
        figure, section { margin: 0; padding: 16px 18px; background: var(--card); border-radius: 10px; min-width: 0; }
        figure div { display: flex; flex-wrap: wrap; gap: 10px 18px; overflow-x: auto; }
        figcaption { color: var(--soft); font-size: 13.5px; margin-top: 6px; }
        svg { flex: 1 1 300px; min-width: min(100%, 280px); width: 100%; height: auto; display: block; }
        svg text { font-size: 12px; fill: var(--text); }
        svg .tick { font-size: 11px; fill: var(--soft); }
        .over { paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
        .middle { text-anchor: middle; } .end { text-anchor: end; }
        .grid { stroke: var(--grid); } .axis { stroke: var(--axis); fill: none; }
        .line { fill: none; stroke-width: 1.4; } .thread { opacity: .75; } .line:hover { stroke-width: 3.5; opacity: 1; }
        circle { opacity: .85; } circle:hover { opacity: 1; stroke: var(--text); stroke-width: 1.5; }
        .line.best { stroke: var(--red); stroke-width: 2; }
        circle.beaten { fill: none; stroke: var(--grey); } .dot { fill: var(--dot); stroke: var(--card); stroke-width: .8; opacity: .8; }
        .cell { shape-rendering: crispEdges; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
        th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--grid); white-space: nowrap; }
        th { color: var(--soft); font-weight: 500; } tbody tr:first-child td { font-weight: 600; }
        .completed, .one { fill: var(--blue); background: var(--blue); } .line.completed { stroke: var(--blue); }
        .pruned, .two { fill: var(--orange); background: var(--orange); } .line.pruned { stroke: var(--orange); }
        .out-of-budget { fill: var(--teal); background: var(--teal); } .line.out-of-budget { stroke: var(--teal); }
        .diverged { fill: var(--purple); background: var(--purple); } .line.diverged { stroke: var(--purple); }
        .failed { fill: var(--red); background: var(--red); } .line.failed { stroke: var(--red); }
        .cancelled { fill: var(--grey); background: var(--grey); } .line.cancelled { stroke: var(--grey); }
        .line.completed, .line.pruned, .line.out-of-budget, .line.diverged, .line.failed, .line.cancelled { fill: none; }
        .q0 { fill: var(--q0); } .q1 { fill: var(--q1); } .q2 { fill: var(--q2); } .q3 { fill: var(--q3); } .q4 { fill: var(--q4); }
        .q5 { fill: var(--q5); } .q6 { fill: var(--q6); } .q7 { fill: var(--q7); } .q8 { fill: var(--q8); }
        .line.q0 { stroke: var(--q0); } .line.q1 { stroke: var(--q1); } .line.q2 { stroke: var(--q2); } .line.q3 { stroke: var(--q3); } .line.q4 { stroke: var(--q4); }
        .line.q5 { stroke: var(--q5); } .line.q6 { stroke: var(--q6); } .line.q7 { stroke: var(--q7); } .line.q8 { stroke: var(--q8); stroke-width: 2; }
        path.line { fill: none; }
        @media print { body { background: #fff; } figure, section { break-inside: avoid; } }
        """;
}
