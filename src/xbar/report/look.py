"""How the pages of a report look in a browser, on paper and on a phone, and how their tables are sorted.

Everything stands in the page: it asks no address for anything. Without its script it lacks nothing but sorting.
"""

from html import escape

STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:62rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.5em;line-height:1.25}h2{font-size:1.25em;margin:2.5em 0 .6em;border-bottom:1px solid #bbb}
h3{font-size:1em;margin:2.2em 0 .6em}h4{font-size:.95em;margin:1.2em 0 .4em}h1+h4,summary+h4{display:none}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3em 1.2em}
a{color:#0057a8}p,li,figcaption,summary{max-width:48rem}figcaption{color:#444;font-size:.93em}
code{font-size:.92em}td code{white-space:nowrap}li{margin:.2em 0;overflow-wrap:anywhere}
figure{margin:1em 0}.figure{overflow-x:auto}.figure svg{display:block;width:100%;height:auto}
details{margin:.8em 0}summary{cursor:pointer}
.box{max-height:30rem;overflow:auto;border:1px solid #ddd;margin:.6em 0}
table{border-collapse:collapse;font-size:.87em;font-variant-numeric:tabular-nums}
th,td{padding:.2em .6em;border-bottom:1px solid #e4e4e4;text-align:left;vertical-align:top}
th{position:sticky;top:0;background:#f3f3f3;vertical-align:bottom}
th button{font:inherit;color:inherit;text-align:inherit;background:none;border:0;padding:0;cursor:pointer}
th button::after{content:"\\2195";color:#888;padding-left:.3em}
th[aria-sort=ascending] button::after{content:"\\2191";color:#000}
th[aria-sort=descending] button::after{content:"\\2193";color:#000}
@media(max-width:40rem){body{margin:.8rem auto;padding:0 .8rem}.figure.wide svg{min-width:35rem}}
@media print{body{max-width:none;font-size:10pt;margin:0}nav,details:not([open]){display:none}
.box{max-height:none;overflow:visible;border:0}.figure{overflow:visible}.figure.wide svg{min-width:0}
.figure svg{max-height:21cm}figure,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}
table{width:100%;font-size:6.5pt}th,td{padding:.1em .25em;overflow-wrap:anywhere}th{position:static}
th button::after{content:""!important}}
""".replace("\n", "")
ALIGNED = "".join(f".n{place} :is(th,td):nth-child({place}){{text-align:right}}" for place in range(1, 31))
SCRIPT = r"""
const number = cell => parseFloat((cell.textContent.replace('−', '-').match(/[-+]?\d+(\.\d+)?/) || [NaN])[0]);
const words = new Intl.Collator('en', {numeric: true});
for (const table of document.querySelectorAll('.box table')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = 'Sort by this column';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending', sign = down ? -1 : 1;
      const numbers = table.classList.contains('n' + (place + 1)), body = table.tBodies[0];
      const compare = (one, other) => {
        const [a, b] = [one, other].map(row => row.cells[place]);
        if (!numbers) return sign * words.compare(a.textContent, b.textContent);
        const [x, y] = [number(a), number(b)];
        return isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) : sign * (x - y);
      };
      body.append(...[...body.rows].sort(compare));
      heads.forEach(each => each.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    });
  });
}
"""


def whole(title: str, body: str) -> str:
    """A page of its own, with its title above `body`."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{ALIGNED}</style>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n<h1>{escape(title)}</h1>\n{body}\n'
        f"<script>{SCRIPT}</script>\n</body></html>\n"
    )
