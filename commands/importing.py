"""`import` and `batch`: data comes in, and is taken out or put back."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from access.policy import person_at_this_machine
from data import exporting
from data.errors import UserError
from data.importing import batches, mapping_file, rejects
from data.importing.committing import commit
from data.importing.finding import Finding, Severity
from data.importing.preparing import FormResult, Prepared, prepare
from data.messages import Language, has, say
from data.reading import worker
from data.store import open_store

DONE = 0
SHOWN = 20
TEXT = {".csv", ".tsv", ".txt", ".zip"}


def add(subparsers: Any, shared: argparse.ArgumentParser) -> None:
    importing = subparsers.add_parser("import", parents=[shared], help="take in a survey export or a workbook")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--instrument", required=True, metavar="ID", help="the questionnaire the file answers")
    importing.add_argument("--round", required=True, metavar="ID", help="the round the answers belong to")
    importing.add_argument("--sheet", metavar="NAME", help="the sheet of the main form, where several fit")
    importing.add_argument("--mapping", type=Path, metavar="FILE", help="a mapping of columns, as --save-mapping writes it")
    importing.add_argument(
        "--save-mapping", type=Path, metavar="FILE", help="write the mapping that was used, to edit and use again"
    )
    importing.add_argument("--dry-run", action="store_true", help="check and report, store nothing")
    importing.add_argument(
        "--rejects", type=Path, metavar="FILE.xlsx", help="write the rejected rows, to be mended and imported again"
    )
    importing.set_defaults(run=import_file)
    group = subparsers.add_parser("batch", help="what was imported").add_subparsers(dest="what", required=True)
    group.add_parser("list", parents=[shared], help="the batches of the store").set_defaults(run=_list)
    for name, work, help_ in (
        ("withdraw", _withdraw, "take a batch out of all results"),
        ("restore", _restore, "put a withdrawn batch back"),
        ("show", _show, "a batch's rows, findings and history"),
    ):
        one = group.add_parser(name, parents=[shared], help=help_)
        one.add_argument("id", type=int, metavar="ID")
        one.set_defaults(run=work)
    export = group.add_parser("export", parents=[shared], help="a batch's responses as a workbook that imports again")
    export.add_argument("id", type=int, metavar="ID")
    export.add_argument("file", type=Path, metavar="FILE.xlsx")
    export.set_defaults(run=_export)


def import_file(args: argparse.Namespace) -> int:
    """Prepares a file, and commits it unless it is a dry run."""
    for path in (args.file, args.mapping):
        if path is not None and not path.is_file():
            raise UserError("import.no_file", path=str(path))
    mapping = mapping_file.read(args.mapping.read_text(encoding="utf-8"), args.mapping.name) if args.mapping else None
    if args.file.suffix.lower() not in TEXT:
        worker.start()  # it gets ready while the store is opened
    store, viewer = open_store(args.store), person_at_this_machine()
    prepared = prepare(
        store,
        viewer,
        args.file,
        args.file.name,
        instrument=args.instrument,
        round=args.round,
        sheet=args.sheet,
        mapping=mapping,
    )
    if args.save_mapping:
        args.save_mapping.write_text(mapping_file.written(prepared.mapping), encoding="utf-8")
    if args.rejects:
        args.rejects.write_bytes(rejects.workbook(prepared, args.language))
    batch = None if args.dry_run else commit(store, viewer, prepared)
    if args.json:
        print(json.dumps(as_json(prepared, batch, args.language), ensure_ascii=False))
    else:
        _print(prepared, batch, args.language)
    return DONE


def as_json(prepared: Prepared, batch: int | None, language: Language) -> dict[str, Any]:
    """What `import --json` prints."""
    return {
        "batch": batch,
        "round": prepared.round,
        "sha256": prepared.file.sha256,
        "dialect": str(prepared.dialect),
        "forms": {form.form: _form(form) for form in prepared.forms},
        "personal_data_dropped": [{**asdict(one), "reason": str(one.reason)} for one in prepared.personal_data_dropped],
        "findings": [_finding(finding, language) for finding in prepared.findings],
    }


def _form(form: FormResult) -> dict[str, Any]:
    return {
        "sheet": form.sheet,
        "rows_read": form.rows_read,
        "rows_accepted": form.rows_accepted,
        "rows_rejected": form.rows_rejected,
        "rows_left_out": form.rows_left_out,
        "left_out": dict(form.left_out),
        "mapping": dict(form.mapping),
        "unmapped": list(form.unmapped),
        "offers": [asdict(offer) for offer in form.offers],
        "absent": list(form.absent),
        "conventions": [asdict(one) for one in form.conventions],
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "form": finding.form,
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "cell": finding.cell,
        "value": finding.value,
        "message": finding.message(language),
    }


def _print(prepared: Prepared, batch: int | None, language: Language) -> None:
    if batch is None:
        print(say("import.said.dry_run", language, file=prepared.file.name))
    else:
        print(say("import.said.committed", language, file=prepared.file.name, batch=batch))
    for form in prepared.forms:
        print(
            say(
                "import.said.form",
                language,
                form=form.form,
                read=form.rows_read,
                accepted=form.rows_accepted,
                rejected=form.rows_rejected,
                left_out=form.rows_left_out,
            )
        )
        for reason, count in form.left_out.items():
            print(say("import.said.left_out", language, count=count, reason=left_out_words(reason, language)))
        if form.unmapped:
            print(say("import.said.unmapped", language, columns=", ".join(form.unmapped)))
        if form.absent:
            print(say("import.said.absent", language, variables=", ".join(form.absent)))
        for offer in form.offers:
            print(say("import.said.offer", language, column=offer.column, variable=offer.variable, score=round(offer.score)))
    for dropped in prepared.personal_data_dropped:
        key = "import.said.hashed" if dropped.is_hashed else "import.said.dropped"
        print(say(key, language, column=dropped.column, reason=say(f"import.dropped.{dropped.reason}", language)))
    findings = sorted(prepared.findings, key=lambda finding: list(Severity).index(finding.severity))
    for finding in findings[:SHOWN]:
        print(f"  {finding.message(language)}")
    if len(findings) > SHOWN:
        print(say("import.said.more", language, count=len(findings) - SHOWN))


def left_out_words(reason: str, language: Language) -> str:
    """Why rows were left out, in words: by the reader, or by an import's later steps."""
    key = f"import.left_out.{reason}"
    return say(key if has(key, language) else f"reading.left_out.{reason}", language)


def _list(args: argparse.Namespace) -> int:
    table = batches.batches(open_store(args.store), person_at_this_machine())
    if args.json:
        print(table.to_json(orient="records", date_format="iso", force_ascii=False))
        return DONE
    if table.empty:
        print(say("import.said.no_batches", args.language))
    for row in table.to_dict("records"):
        print(
            say(
                "import.said.batch",
                args.language,
                batch=row["id"],
                file=row["file_name"],
                instrument=row["instrument"],
                round=row["round"],
                on=row["imported_at"].date().isoformat(),
                accepted=row["rows_accepted"],
                rejected=row["rows_rejected"],
                state=say(f"import.state.{row['state']}", args.language),
            )
        )
    return DONE


def _show(args: argparse.Namespace) -> int:
    store, viewer = open_store(args.store), person_at_this_machine()
    forms, findings = batches.forms(store, viewer, args.id), batches.findings(store, viewer, args.id)
    history = batches.history(store, viewer, args.id)
    if args.json:
        print(
            json.dumps(
                {
                    "forms": forms.to_dict("records"),
                    "history": history.astype({"happened_at": str}).to_dict("records"),
                    "findings": findings.to_dict("records"),
                },
                ensure_ascii=False,
                default=str,
            )
        )
        return DONE
    for row in forms.to_dict("records"):
        left_out = row["rows_read"] - row["rows_accepted"] - row["rows_rejected"]
        print(
            say(
                "import.said.form",
                args.language,
                form=row["form"],
                read=row["rows_read"],
                accepted=row["rows_accepted"],
                rejected=row["rows_rejected"],
                left_out=left_out,
            )
        )
    for row in history.to_dict("records"):
        print(f"{row['happened_at']:%Y-%m-%d %H:%M}  {row['viewer']}  {say('import.event.' + row['event'], args.language)}")
    standing = findings[findings["settled_by"].isna()]
    for message in standing[f"message_{args.language}"][:SHOWN]:
        print(f"  {message}")
    if len(standing) > SHOWN:
        print(say("import.said.more", args.language, count=len(standing) - SHOWN))
    for file, settled in findings.groupby("settled_by"):
        print(say("import.said.settled", args.language, count=len(settled), file=file))
    return DONE


def _withdraw(args: argparse.Namespace) -> int:
    batches.withdraw(open_store(args.store), person_at_this_machine(), args.id)
    return _changed(args, "withdrawn")


def _restore(args: argparse.Namespace) -> int:
    batches.restore(open_store(args.store), person_at_this_machine(), args.id)
    return _changed(args, "accepted")


def _export(args: argparse.Namespace) -> int:
    args.file.write_bytes(exporting.workbook(open_store(args.store), person_at_this_machine(), args.id))
    if args.json:
        print(json.dumps({"batch": args.id, "file": str(args.file)}))
    else:
        print(say("import.said.exported", args.language, batch=args.id, file=args.file.name))
    return DONE


def _changed(args: argparse.Namespace, state: str) -> int:
    if args.json:
        print(json.dumps({"batch": args.id, "state": state}))
    else:
        print(say(f"import.said.{state}", args.language, batch=args.id))
    return DONE
