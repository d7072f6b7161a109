"""The looks of the LaTeX books: classes, fonts, running heads and the environments that latex.py writes.

Invariant: each style defines \\unitheading, \\unitbreak and the environments unitquote, unitverse, unitletter,
unitplay, unitlist and unittable; it changes no word of the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.prose.typeset.latex import COMMON, Style
from benchmarks.prose.typeset.truth import Unit

BLOCKS = r"""
\newenvironment{unitquote}{\begin{quotation}}{\end{quotation}}
\newenvironment{unitletter}{\begin{quotation}}{\end{quotation}}
\newenvironment{unitverse}{\begin{verse}}{\end{verse}}
\newenvironment{unitplay}{\begin{list}{}{\leftmargin=1.5em\itemindent=-1.5em\parsep=2pt\topsep=4pt}\item[]\hspace*{-1.5em}}{\end{list}}
\newenvironment{unitlist}{\begin{list}{}{\leftmargin=1.5em\listparindent=-1.5em\itemindent=-1.5em\parsep=0pt}\item\relax}{\end{list}}
\newenvironment{unittable}{\begin{quote}\setlength{\parindent}{0pt}}{\end{quote}}
\newcommand{\unitbreak}{\par\vskip\baselineskip\noindent\hfil{*\quad*\quad*}\par\vskip\baselineskip}
"""

HEADS = r"""
\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}
\fancyhead[LE]{\folio}\fancyhead[RE]{\small\scshape\headleft}
\fancyhead[RO]{\folio}\fancyhead[LO]{\small\itshape\headright}
\fancypagestyle{plain}{\fancyhf{}\fancyfoot[C]{\folio}}
"""

HEADINGS = r"""
\newcommand{\unitheading}[4]{%
  \ifnum#1<3\relax\cleardoublepage\thispagestyle{plain}\vspace*{0.25\textheight}%
    {\centering\Huge\bfseries #3\par}\markboth{BOOKTITLE}{\titleof{#2}}\vspace{3em}%
  \else\ifnum#1=3\relax\clearpage\thispagestyle{plain}\vspace*{4em}%
    {\centering\LARGE #3\par}\markboth{BOOKTITLE}{\titleof{#2}}\vspace{2em}%
  \else\par\ifdim\pagetotal<0.7\textheight\else\newpage\fi\penalty-300\addvspace{2.5em plus 1em}%
    {\centering\large\bfseries #3\par}\nobreak\vspace{1.2em}\nobreak%
  \fi\fi\csname @afterindentfalse\endcsname\csname @afterheading\endcsname}
"""

ROMAN = r"\documentclass[11pt,twoside,openany]{book}" + COMMON + r"\usepackage{lmodern}" + BLOCKS
PAPER = r"\usepackage[paperwidth=5.5in,paperheight=8.5in,inner=0.8in,outer=0.65in,top=0.85in,bottom=0.8in]{geometry}"


def war_and_peace(microtype: bool) -> Style:
    """A thick paperback: running heads by side, numbered footnotes, hyphenation, pages flush at the foot."""
    extra = r"\usepackage{microtype}" if microtype else r"\nonfrenchspacing"
    title = r"War and Peace"
    return Style(ROMAN + PAPER + extra + HEADS + HEADINGS.replace("BOOKTITLE", title) + r"\flushbottom\tolerance=800")


def to_the_lighthouse() -> Style:
    """A small paperback (A6): dropped initials, the chapter in the head, notes by symbols, pages ragged at the foot."""
    paper = r"\usepackage[paperwidth=105mm,paperheight=148mm,inner=14mm,outer=12mm,top=16mm,bottom=15mm]{geometry}"
    look = r"""
\usepackage[perpage,symbol*]{footmisc}\usepackage{mathpazo}
\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0.4pt}
\fancyhead[LE]{\small\headleft}\fancyhead[RO]{\small\headright}\fancyfoot[C]{\folio}
\fancypagestyle{plain}{\fancyhf{}\fancyfoot[C]{\folio}}
\newcommand{\unitheading}[4]{%
  \ifnum#1<3\relax\clearpage\thispagestyle{plain}\vspace*{0.3\textheight}%
    {\centering\LARGE\scshape #3\par}\markboth{To the Lighthouse}{\titleof{#2}}\clearpage%
  \else\clearpage\thispagestyle{plain}\vspace*{2em}%
    {\centering\large #3\par}\nobreak\vspace{1.5em}\nobreak%
  \fi\csname @afterindentfalse\endcsname\csname @afterheading\endcsname}
"""
    start = r"\documentclass[10pt,twoside,openany]{book}" + COMMON
    return Style(start + paper + BLOCKS + look, engine_runs=2, drop_caps=True)


def dalloway() -> Style:
    """Two columns on a large page, as magazines set novels, with a head over both."""
    paper = r"\usepackage[paperwidth=7in,paperheight=10in,margin=0.7in,columnsep=18pt]{geometry}"
    heads = HEADS.replace(r"\headright", r"{\scshape Virginia Woolf\seen{h Virginia Woolf}}")
    heads = heads.replace(r"\headleft", r"{Mrs. Dalloway\seen{h Mrs. Dalloway}}")
    start = r"\documentclass[10pt,twoside,openany,twocolumn]{book}" + COMMON + r"\usepackage{lmodern,microtype}"
    return Style(start + paper + BLOCKS + heads + HEADINGS.replace("BOOKTITLE", "Mrs. Dalloway"))


FRANKENSTEIN_HEADINGS = r"""
\newcommand{\unitheading}[4]{%
  \ifnum#1<3\relax\clearpage\thispagestyle{empty}\vspace*{0.3\textheight}{\centering\Huge #3\par}%
    \markright{\titleof{#2}}\clearpage%
  \else\clearpage\thispagestyle{plain}\vspace*{4em}%
    {\centering\Large\scshape #3\par}\markright{\titleof{#2}}\nobreak\vspace{2em}\nobreak%
  \fi\csname @afterindentfalse\endcsname\csname @afterheading\endcsname}
\renewenvironment{unitletter}{\begin{list}{}{\leftmargin=2em\rightmargin=2em\listparindent=1.2em\itemindent=1.2em\parsep=0pt}\item\relax}{\end{list}}
"""


def frankenstein(before: str, after: str, front: Mapping[str, Unit], back: Mapping[str, Unit]) -> Style:
    """A classic with everything around the text: title, rights, dedication, contents, preface, parts, index."""
    heads = HEADS.replace(r"\headleft", r"{Frankenstein\seen{h Frankenstein}}")
    start = ROMAN.replace(r"\usepackage{lmodern}", r"\usepackage{lmodern,multicol}")
    return Style(start + PAPER + heads + FRANKENSTEIN_HEADINGS, before=before, after=after, front=front, back=back)
