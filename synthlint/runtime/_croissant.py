"""A manifest in the forms that others read: Croissant JSON-LD, a Hugging Face dataset card, a short report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthlint.runtime._datafiles import DataFile
    from synthlint.runtime._manifest import Manifest

NAMESPACE = "urn:synthlint:manifest:"
FORMATS = {
    ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tsv",
    ".parquet": "application/x-parquet",
    ".txt": "text/plain",
    ".arrow": "application/vnd.apache.arrow.file",
}
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
CROISSANT_TERMS = (
    *("citeAs", "column", "equivalentProperty", "annotation", "extract", "field", "fileProperty", "fileObject"),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source"),
    *("subField", "transform"),
)


def context() -> dict[str, Any]:
    """The JSON-LD context that Croissant 1.1 prescribes, with PROV-O, RAI and our own prefix."""
    terms: dict[str, Any] = {name: f"cr:{name}" for name in CROISSANT_TERMS}
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        **terms,
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "sl": NAMESPACE,
        "sl:manifest": {"@id": "sl:manifest", "@type": "@json"},
    }


def croissant(manifest: Manifest) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": context(),
        "@type": "sc:Dataset",
        "name": manifest.name,
        "description": manifest.description or _describe(manifest),
        "datePublished": manifest.created,
        "version": "1.0.0",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "prov:wasGeneratedBy": _activities(manifest),
        "rai:dataCollection": _describe(manifest),
        "rai:dataCollectionType": "Software Collection",
        "rai:dataLimitations": "Contains generated records, which differ from records collected from the world.",
        "distribution": [_file(f) for f in manifest.files],
        "sl:manifest": manifest.to_dict(),
    }
    if manifest.license:
        document["license"] = manifest.license
    if manifest.sources:
        document["prov:wasDerivedFrom"] = [_source(s) for s in manifest.sources]
    if manifest.audit:
        document["rai:dataManipulationProtocol"] = _audit_text(manifest.audit)
    if sensitive := _sensitive(manifest.audit):
        document["rai:personalSensitiveInformation"] = sensitive
    if manifest.columns and manifest.files:
        document["recordSet"] = [_record_set(manifest.columns, manifest.files[0])]
    return document


def _activities(manifest: Manifest) -> Any:
    """One PROV activity a run; an object if there was one run only."""
    runs = manifest.runs or ({"ended": manifest.created, "generators": [g["id"] for g in manifest.generators]},)
    listed = [_activity(manifest, run) for run in runs]
    return listed[0] if len(listed) == 1 else listed


def _activity(manifest: Manifest, run: dict[str, Any]) -> dict[str, Any]:
    known = {
        "@id": f"urn:synthlint:run:{run['id']}" if "id" in run else None,
        "prov:atLocation": run.get("code"),
        "prov:startedAtTime": run.get("started"),
        "prov:endedAtTime": run.get("ended"),
        "prov:wasAssociatedWith": [_agent(g) for g in manifest.generators if g["id"] in run.get("generators", ())],
        "prov:used": [_source(s) for s in manifest.sources],
    }
    return {"@type": "prov:Activity", **{k: v for k, v in known.items() if v}}


def _agent(generator: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "prov:SoftwareAgent",
        "@id": f"urn:synthlint:generator:{generator['id']}",
        "prov:label": label(generator),
    }


def _source(source: Any) -> dict[str, Any]:
    entry = source if isinstance(source, dict) else {"name": source}
    node: dict[str, Any] = {"@type": "prov:Entity", "prov:label": str(entry.get("name", entry))}
    if entry.get("sha256"):
        node["@id"] = f"urn:sha256:{entry['sha256']}"
    return node


def _file(file: DataFile) -> dict[str, Any]:
    suffix = "." + file.name.rpartition(".")[2].lower()
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": FORMATS.get(suffix, "application/octet-stream"),
        "sha256": file.sha256,
    }


def _record_set(columns: dict[str, str], file: DataFile) -> dict[str, Any]:
    fields = [_field(name, kind, file) for name, kind in columns.items() if kind.startswith("sc:")]
    tagged = any(kind.startswith("sl:") for kind in columns.values())
    for node in fields if tagged else ():
        node["annotation"] = _attribution(node["@id"], file)
    return {"@type": "cr:RecordSet", "@id": "records", "name": "records", "field": fields}


def _field(name: str, kind: str, file: DataFile) -> dict[str, Any]:
    source = {"fileObject": {"@id": file.name}, "extract": {"column": name}}
    return {"@type": "cr:Field", "@id": f"records/{name}", "name": name, "dataType": kind, "source": source}


def _attribution(field_id: str, file: DataFile) -> dict[str, Any]:
    """Which generator made the value of a field: `gen` of the record's `_provenance`."""
    return {
        "@type": "cr:Field",
        "@id": f"{field_id}/generator",
        "name": "generator",
        "dataType": "sc:Text",
        "equivalentProperty": "prov:wasAttributedTo",
        "source": {
            "fileObject": {"@id": file.name},
            "extract": {"column": "_provenance"},
            "transform": {"jsonPath": "$.gen"},
        },
    }


def label(generator: dict[str, Any]) -> str:
    """`provider/model@version`, as far as it is known."""
    name = "/".join(str(generator[k]) for k in ("provider", "model") if generator.get(k))
    version = generator.get("version")
    return (name or str(generator.get("id", "generator"))) + (f"@{version}" if version else "")


def _describe(manifest: Manifest) -> str:
    made_by = ", ".join(label(g) for g in manifest.generators) or "a generator that was not named"
    rows = "Records" if manifest.count is None else f"{manifest.count:,} records"
    return f"{rows} made by {made_by}."


def _audit_text(audit: Any) -> str:
    if isinstance(audit, str):
        return audit
    told = [f"{name}: {r['verdict']}" if name else r["verdict"] for name, r in _results(audit) if "verdict" in r]
    return f"checked with synthlint: {'; '.join(told)}" if told else json.dumps(audit, ensure_ascii=False)[:2000]


def _results(audit: Any) -> list[tuple[str, dict[str, Any]]]:
    """The results in an audit: it is one, or holds several in a mapping or list."""
    if isinstance(audit, dict) and not isinstance(audit.get("verdict"), str):
        return [(str(name), r) for name, r in audit.items() if isinstance(r, dict)]
    return [("", r) for r in (audit if isinstance(audit, list) else [audit]) if isinstance(r, dict)]


def _sensitive(audit: Any) -> str:
    """What a memorisation audit says of identifiers that occur in the source."""
    rates = [rate for _, r in _results(audit) for rate in r.get("rates") or () if isinstance(rate, dict)]
    found = [f"{r.get('hits')} of {r.get('n')} ({r.get('outcome')})" for r in rates if r.get("rule") == "pii"]
    return f"Records with an identifier that occurs in the source: {', '.join(found)}." if found else ""


# ------------------------------------------------------------------------------------------------- card
def card(manifest: Manifest) -> str:
    return f"---\n{_front_matter(manifest)}---\n\n# {manifest.name}\n\n{_card_text(manifest)}"


def _front_matter(manifest: Manifest) -> str:
    entries: dict[str, Any] = {
        "license": manifest.license,
        "annotations_creators": ["machine-generated"],
        "source_datasets": [str(_name(s)) for s in manifest.sources] or ["original"],
        "size_categories": [_size(manifest.count)] if manifest.count is not None else None,
        "tags": ["synthetic", "synthlint"],
    }
    return "".join(_yaml(key, value) for key, value in entries.items() if value)


def _yaml(key: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{key}:\n" + "".join(f"- {json.dumps(v, ensure_ascii=False)}\n" for v in value)
    return f"{key}: {json.dumps(value, ensure_ascii=False)}\n"


def _size(count: int) -> str:
    return next((name for limit, name in SIZES if count < limit), "1M<n<10M" if count < 10**7 else "n>10M")


def _card_text(manifest: Manifest) -> str:
    generators = "".join(f"- {_generator_line(g)}\n" for g in manifest.generators)
    parts = [
        f"{manifest.description or _describe(manifest)} Written on {manifest.created}.\n",
        f"## How it was made\n\n{generators or 'The generator was not named.' + chr(10)}",
        _section("Runs", "".join(f"- {_run_line(r)}\n" for r in manifest.runs)),
        _section("Sources", "".join(f"- {_name(s)}\n" for s in manifest.sources)),
        _section("Held-out real data", _text(manifest.holdout)),
        _section("Judge", _text(manifest.judge)),
        _section("Checks", _text(manifest.audit) or "None recorded.\n"),
        _section("Generator terms", _text(manifest.generator_terms)),
    ]
    return "\n".join(p for p in parts if p)


def _generator_line(generator: dict[str, Any]) -> str:
    more = {k: v for k, v in generator.items() if k not in ("id", "provider", "model", "version")}
    return label(generator) + (f": {json.dumps(more, ensure_ascii=False)}" if more else "")


def _run_line(run: dict[str, Any]) -> str:
    times = " to ".join(run[k] for k in ("started", "ended") if k in run)
    return f"{run.get('id', 'run')}: {', '.join(x for x in (run.get('code'), times) if x)}"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _text(value: Any) -> str:
    if not value:
        return ""
    return (
        f"{value}\n" if isinstance(value, str) else f"```json\n{json.dumps(value, indent=1, ensure_ascii=False)}\n```\n"
    )


def _name(source: Any) -> Any:
    return source.get("name", source) if isinstance(source, dict) else source


def summary(manifest: Manifest) -> str:
    asked = f" of {manifest.target_count:,} asked for" if manifest.target_count is not None else ""
    lines = [f"{manifest.name}: {_describe(manifest)[:-1]}{asked}, {manifest.created}"]
    lines += [f"  run      {_run_line(r)}" for r in manifest.runs]
    lines += [f"  source   {_name(s)}" for s in manifest.sources]
    lines += [f"  file     {f.name} ({f.size:,} bytes, sha256 {f.sha256[:12]}…)" for f in manifest.files[:5]]
    absent = [n for n in ("holdout", "judge", "audit") if not getattr(manifest, n)]
    if absent:
        lines.append(f"  not recorded: {', '.join(absent)}")
    return "\n".join(lines)
