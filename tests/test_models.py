"""The shipped API models: they load, say the right role, and say nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest

from synthlint.models.loader import Registry, load_text, shipped
from synthlint.models.schema import ROLES, ModelError, Summary

# Call name, the role of its fallback row.  Written by hand from the API table.
ROLE_OF = """
openai.OpenAI.chat.completions.create                        generate
openai.AsyncOpenAI.beta.chat.completions.parse               generate
openai.AzureOpenAI.chat.completions.with_raw_response.create generate
openai.OpenAI.responses.create                               generate
openai.OpenAI.completions.create                             generate
openai.ChatCompletion.create                                 generate
openai.ChatCompletion.acreate                                generate
openai.Completion.create                                     generate
openai.OpenAI.images.generate                                generate
openai.OpenAI.with_options                                   client
openai.OpenAI.embeddings.create                              not-a-generator
openai.OpenAI.moderations.create                             judge
openai.OpenAI.audio.transcriptions.create                    not-a-generator
openai.OpenAI.beta.threads.create                            not-a-generator
openai.OpenAI.files.create                                   load
openai.OpenAI.fine_tuning.jobs.create                        train
anthropic.Anthropic.messages.create                          generate
anthropic.AnthropicBedrock.messages.stream                   generate
anthropic.Anthropic.messages.batches.create                  generate
anthropic.Anthropic.messages.count_tokens                    not-a-generator
google.genai.Client.models.generate_content                  generate
google.genai.Client.aio.models.generate_content_stream       generate
google.genai.Client.models.embed_content                     not-a-generator
google.genai.Client.tunings.tune                             train
google.generativeai.GenerativeModel.generate_content         generate
vertexai.language_models.TextGenerationModel.predict         generate
boto3.client.converse                                        generate
boto3.client.invoke_model                                    generate
boto3.client.put_object                                      write
cohere.ClientV2.chat                                         generate
cohere.Client.rerank                                         not-a-generator
groq.Groq.chat.completions.create                            generate
together.Together.chat.completions.create                    generate
together.Together.fine_tuning.create                         train
mistralai.Mistral.chat.complete                              generate
mistralai.client.MistralClient.chat                          generate
litellm.completion                                           generate
litellm.batch_completion                                     generate
litellm.embedding                                            not-a-generator
huggingface_hub.InferenceClient.text_generation              generate
huggingface_hub.InferenceClient.chat.completions.create      generate
huggingface_hub.InferenceClient.summarization                not-a-generator
ollama.chat                                                  generate
ollama.create                                                not-a-generator
replicate.run                                                generate
requests.get                                                 load
transformers.AutoModelForCausalLM.from_pretrained            client
transformers.PreTrainedModel.generate                        generate
transformers.PreTrainedModel.module.generate                 generate
transformers.PreTrainedTokenizer.apply_chat_template         transform
transformers.TextGenerationPipeline.__call__                 generate
transformers.TextClassificationPipeline.__call__             predict
transformers.PreTrainedModel.push_to_hub                     write
vllm.LLM.generate                                            generate
vllm.LLM.embed                                               not-a-generator
sglang.Engine.generate                                       generate
llama_cpp.Llama.create_chat_completion                       generate
llama_cpp.Llama.create_embedding                             not-a-generator
mlx_lm.generate                                              generate
gpt4all.GPT4All.generate                                     generate
ray.data.llm.Processor.__call__                              generate
langchain_openai.ChatOpenAI                                  client
langchain_core.prompts.ChatPromptTemplate.from_messages      container
langchain_core.output_parsers.StrOutputParser                container
langchain.ChatModel.invoke                                   generate
langchain.ChatModel.batch                                    generate
langchain.OldChain.run                                       generate
langchain.chains.LLMChain                                    client
langchain_openai.OpenAIEmbeddings                            client
llama_index.llms.openai.OpenAI                               client
llama_index.LLM.complete                                     generate
llama_index.DatasetGenerator.generate_questions_from_nodes   generate
dspy.Predict.__call__                                        generate
dspy.LM.__call__                                             generate
dspy.BootstrapFewShot.compile                                not-a-generator
instructor.Instructor.chat.completions.create                generate
outlines.Generator.__call__                                  generate
outlines.Chooser.__call__                                    judge
guidance.gen                                                 generate
haystack.components.generators.chat.OpenAIChatGenerator.run  generate
pydantic_ai.Agent.run_sync                                   generate
camel.agents.ChatAgent.step                                  generate
crewai.Crew.kickoff                                          generate
distilabel.steps.tasks.TextGeneration                        container
distilabel.Task.process                                      generate
distilabel.JudgeTask.process                                 judge
distilabel.steps.MinHashDedup                                container
distilabel.Pipeline.run                                      run
distilabel.Pipeline.dry_run                                  not-a-generator
distilabel.Distiset.push_to_hub                              write
bespokelabs.curator.LLM.__call__                             generate
datadreamer.steps.DataFromPrompt                             generate
datadreamer.steps.FilterWithPrompt                           judge
deepfabric.DataSetGenerator.create_data                      generate
deepfabric.Tree                                              random
synthetic_data_kit.core.create.process_file                  generate
synthetic_data_kit.core.curate.curate_qa_pairs               judge
data_designer.DataDesigner.preview                           not-a-generator
instructlab.sdg.Pipeline.generate                            generate
oumi.infer                                                   generate
deepeval.synthesizer.Synthesizer.generate_goldens_from_docs  generate
ragas.testset.TestsetGenerator.generate                      generate
diffusers.StableDiffusionPipeline.from_pretrained            client
diffusers.DiffusionPipeline.__call__                         generate
albumentations.Compose                                       transform
sdv.single_table.CTGANSynthesizer                            client
sdv.single_table.CTGANSynthesizer.fit                        fit
sdv.single_table.GaussianCopulaSynthesizer.sample            generate
sdv.single_table.CTGANSynthesizer.save                       write
sdv.single_table.CTGANSynthesizer.load                       load
sdv.multi_table.HMASynthesizer.sample                        generate
sdv.tabular.CTGAN.sample                                     generate
sdv.multi_table.DayZSynthesizer.sample                       not-a-generator
sdv.datasets.demo.download_demo                              load
ctgan.CTGAN.fit                                              fit
ctgan.CTGAN.sample                                           generate
be_great.GReaT.sample                                        generate
be_great.GReaT.impute                                        augment
synthcity.plugins.Plugin.generate                            generate
snsynth.Synthesizer.fit                                      fit
mostlyai.sdk.MostlyAI.train                                  fit
sklearn.mixture.GaussianMixture.fit                          fit
sklearn.mixture.GaussianMixture.sample                       generate
scipy.stats.gaussian_kde.resample                            generate
DataSynthesizer.DataGenerator.DataGenerator.save_synthetic_data write
faker.Faker                                                  client
faker.Faker.name                                             not-a-generator
sklearn.datasets.make_classification                         not-a-generator
imblearn.over_sampling.SMOTE.fit_resample                    resample
imblearn.over_sampling.ADASYN.fit_sample                     resample
imblearn.over_sampling.RandomOverSampler.fit_resample        resample
imblearn.combine.SMOTEENN.fit_resample                       resample
imblearn.under_sampling.RandomUnderSampler.fit_resample      not-a-generator
imblearn.datasets.make_imbalance                             not-a-generator
imblearn.pipeline.Pipeline                                   container
imblearn.pipeline.Pipeline.fit                               train
imblearn.ensemble.BalancedRandomForestClassifier.fit         train
smogn.smoter                                                 resample
nlpaug.Augmenter.augment                                     augment
textattack.augmentation.EasyDataAugmenter                    client
textattack.Augmenter.augment                                 augment
json.dump                                                    write
json.load                                                    load
csv.DictWriter.writerow                                      write
csv.reader                                                   load
pickle.dump                                                  write
joblib.load                                                  load
jsonlines.Writer.write                                       write
PIL.Image.Image.save                                         write
torchvision.utils.save_image                                 write
pandas.read_csv                                              load
pandas.DataFrame.to_csv                                      write
pandas.DataFrame.drop_duplicates                             dedup
pandas.DataFrame.duplicated                                  dedup
pandas.DataFrame.sample                                      split
pandas.DataFrame.apply                                       apply
pandas.concat                                                mix
polars.read_csv                                              load
polars.DataFrame.unique                                      dedup
polars.DataFrame.write_parquet                               write
pyarrow.parquet.write_table                                  write
datasets.load_dataset                                        load
datasets.Dataset.map                                         apply
datasets.Dataset.train_test_split                            split
datasets.Dataset.push_to_hub                                 write
datasets.DatasetDict.save_to_disk                            write
datasets.concatenate_datasets                                mix
huggingface_hub.DatasetCard.push_to_hub                      provenance
huggingface_hub.HfApi.create_repo                            clean
numpy.concatenate                                            mix
numpy.random.normal                                          random
numpy.save                                                   write
random.sample                                                random
uuid.uuid4                                                   random
time.time                                                    random
hashlib.sha256                                               transform
torch.distributions.normal.Normal.sample                     random
concurrent.futures.ThreadPoolExecutor.map                    apply
concurrent.futures.ThreadPoolExecutor.submit                 apply
multiprocessing.Pool.imap_unordered                          apply
asyncio.run                                                  transform
tqdm.tqdm                                                    transform
tqdm.auto.tqdm                                               transform
functools.lru_cache                                          cache
tenacity.retry                                               transform
sklearn.model_selection.train_test_split                     split
sklearn.model_selection.KFold.split                          split
sklearn.model_selection.GridSearchCV.fit                     train
sklearn.model_selection.cross_val_score                      evaluate
sklearn.linear_model.LogisticRegression.fit                  train
sklearn.linear_model.LogisticRegression.predict              predict
sklearn.linear_model.LogisticRegression.score                evaluate
sklearn.preprocessing.StandardScaler.fit                     transform
sklearn.preprocessing.StandardScaler.fit_transform           transform
sklearn.feature_extraction.text.TfidfVectorizer.fit_transform transform
sklearn.metrics.accuracy_score                               evaluate
sklearn.metrics.pairwise.cosine_similarity                   transform
sklearn.neighbors.NearestNeighbors.kneighbors                memorization
sklearn.datasets.load_iris                                   load
xgboost.XGBClassifier.fit                                    train
xgboost.train                                                train
transformers.Trainer                                         client
transformers.Trainer.train                                   train
transformers.Trainer.evaluate                                evaluate
trl.SFTTrainer                                               client
trl.DPOTrainer                                               client
keras.Model.fit                                              train
evaluate.Metric.compute                                      evaluate
lm_eval.simple_evaluate                                      evaluate
ragas.evaluate                                               evaluate
deepeval.metrics.GEval.measure                               judge
sdmetrics.reports.single_table.QualityReport.generate        fidelity
sdmetrics.single_table.NewRowSynthesis.compute               memorization
sdmetrics.single_column.KSComplement.compute                 fidelity
sdv.evaluation.single_table.evaluate_quality                 fidelity
sdv.evaluation.single_table.get_column_plot                  clean
scipy.stats.ks_2samp                                         fidelity
scipy.stats.wasserstein_distance                             fidelity
mauve.compute_mauve                                          fidelity
anonymeter.evaluators.SinglingOutEvaluator.evaluate          memorization
opacus.PrivacyEngine.make_private                            dp
diffprivlib.models.LogisticRegression.fit                    train
semhash.SemHash.self_deduplicate                             dedup
datatrove.pipeline.dedup.MinhashDedupFilter                  dedup
datatrove.pipeline.dedup.MinhashDedupSignature               dedup
rouge_score.rouge_scorer.RougeScorer.score                   transform
optuna.trial.Trial.suggest_float                             not-a-generator
matplotlib.pyplot.savefig                                    clean
wandb.log                                                    clean
"""
PAIRS = [tuple(line.split()) for line in ROLE_OF.strip().splitlines()]

SUFFIXES = """
chat.completions.create       generate
client.chat.completions.create generate
generate_content              generate
invoke_model                  generate
to_csv                        write
to_parquet                    write
push_to_hub                   write
save_to_disk                  write
writerow                      write
drop_duplicates               dedup
duplicated                    dedup
fit_resample                  resample
train_test_split              split
sample                        -
generate                      -
complete                      -
predict                       -
create                        -
fit                           -
train                         -
map                           -
save                          -
"""

WORDS = {
    "provenance-keys": (["model", "is_synthetic", "deepseek_solution", "generator_model"], ["instruction", "text"]),
    "seed-source-keys": (["url", "seed_question", "context"], ["is_synthetic", "answer"]),
    "generated-tokens": (["synth", "data_synthetic.csv", "fake", "alpaca"], ["train", "customers.csv", "generalized"]),
    "real-tokens": (["real", "train_real.csv", "original"], ["train", "really"]),
    "train-splits": (["train", "train_sft", "train[:80%]"], ["test", "trainer"]),
    "eval-splits": (["test", "validation[:10%]", "dev", "holdout"], ["train", "developer", "contest"]),
    "train-keys": (["instruction", "messages", "chosen"], ["task_id", "acc"]),
    "eval-keys": (["task_id", "pred", "pass@1", "bleu_score"], ["instruction", "prompt"]),
    "eval-strong-keys": (["model_patch", "gold", "y_pred"], ["instruction", "score"]),
    "eval-names": (["eval", "run_benchmark.py", "metrics/x.json"], ["retrieval", "train.jsonl"]),
    "result-names": (["results", "save_results"], ["resultant"]),
    "judge-keys": (["judgment", "quality_score"], ["instruction"]),
    "judge-names": (["judge", "score_response", "llm_as_a_judge"], ["generate", "write"]),
    "cache-names": (["cache", "response_cache", "memoize"], ["train", "output"]),
    "chat-log-keys": (["tstamp", "session_id"], ["instruction"]),
    "chat-log-names": (["logs", "chat_history", "2024-conv.json"], ["dialog", "catalog"]),
    "document-names": (["translate", "summary", "report.md"], ["train", "instruct"]),
    "prediction-keys": (["pred", "predicted_label", "gpt4_label"], ["label"]),
    "benchmarks": (["gsm8k", "openai/openai_humaneval", "cais/mmlu", "princeton-nlp/SWE-bench"], ["imdb", "maths"]),
    "sensitive-tokens": (["patient", "patients.csv", "ssn", "first_name"], ["prompt", "phonetics"]),
    "privacy-claims": (["anonymized", "privacy-preserving", "dp_ctgan"], ["public", "privates"]),
    "test-paths": (["tests/test_a.py", "pkg/conftest.py", "test_gen.py"], ["src/generate.py", "contest.py"]),
    "debug-names": (["debug", "smoke_test", "overfit"], ["train", "bug"]),
    "refusal-tokens": (["As an AI language model", "I'm sorry, but"], ["hello"]),
    "synthetic-hub-ids": (["tatsu-lab/alpaca", "HuggingFaceTB/cosmopedia", "x/my-synth"], ["squad", "y/alpaca_eval"]),
    "public-data": (["iris", "data/adult.csv", "mnist"], ["customers.csv"]),
    "absorbing-methods": (["append", "upsert", "index_add"], ["pop", "read", "log"]),
    "fresh-keys": (["uuid", "created_at", "sample_id"], ["text", "instruction"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def models() -> Registry:
    return shipped()


def fallback(rows: tuple[Summary, ...]) -> Summary | None:
    """The first row that holds without a condition."""
    return next((row for row in rows if not row.when), None)


def test_all_shipped_rows_load(models: Registry) -> None:
    assert len(models.rows) > 700
    assert {row.role for row in models.rows} <= set(ROLES)
    assert all(row.origin.endswith(".toml") for row in models.rows)


@pytest.mark.parametrize(("name", "role"), PAIRS, ids=[name for name, _ in PAIRS])
def test_role_of_call(models: Registry, name: str, role: str) -> None:
    row = fallback(models.find(name))
    assert row is not None and row.role == role


@pytest.mark.parametrize("line", SUFFIXES.strip().splitlines())
def test_role_on_an_unknown_receiver(models: Registry, line: str) -> None:
    name, role = line.split()
    row = fallback(models.suffix(name))
    assert (row.role if row is not None else "-") == role


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("openai.OpenAI.chat.completions.create", 1.0),
        ("cohere.ClientV2.chat", 0.3),
        ("cohere.Client.generate", 0.75),
        ("llama_cpp.Llama.create_chat_completion", 0.2),
        ("mlx_lm.generate", 0.0),
        ("vllm.LLM.generate", 1.0),
        ("oumi.infer", 0.0),
        ("instructlab.sdg.Pipeline.generate", 0.0),
        ("google.genai.Client.models.generate_content", None),
        ("groq.Groq.chat.completions.create", None),
        ("dspy.Predict.__call__", None),
        ("llama_index.llms.openai.OpenAI", 0.1),
        ("langchain_openai.OpenAI", 0.7),
        ("langchain_openai.ChatOpenAI", None),
        ("langchain.chat_models.ChatOpenAI", 0.7),
    ],
)
def test_default_temperature(models: Registry, name: str, default: float | None) -> None:
    row = fallback(models.find(name))
    assert row is not None
    assert (row.temperature.default if row.temperature is not None else None) == default


def test_greedy_unless_sampling(models: Registry) -> None:
    row = fallback(models.find("transformers.PreTrainedModel.generate"))
    assert row is not None and row.sampling is not None and row.beams is not None
    assert row.sampling.default is False and row.beams.default == 1


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("imblearn.over_sampling.SMOTE.fit_resample", {"novel": True, "copies": False}),
        ("imblearn.over_sampling.RandomOverSampler.fit_resample", {"novel": False, "copies": True}),
        ("datadreamer.steps.DataFromPrompt", {"constant_by_design": True}),
        ("dspy.Predict.__call__", {"cached": True}),
        ("sklearn.model_selection.KFold.split", {"cross_validation": True, "result": "folds"}),
        ("sklearn.model_selection.train_test_split", {"cross_validation": False, "result": "pairs"}),
        ("sklearn.model_selection.GridSearchCV.fit", {"cross_validation": True}),
        ("snsynth.Synthesizer.fit", {"private": True}),
        ("sdv.single_table.CTGANSynthesizer.fit", {"private": False, "media": "table"}),
        ("pandas.DataFrame.drop_duplicates", {"drops": True}),
        ("pandas.DataFrame.duplicated", {"drops": False, "result": "flags"}),
        ("datatrove.pipeline.dedup.MinhashDedupSignature", {"drops": False}),
        ("sklearn.datasets.load_iris", {"public": True}),
        ("pandas.read_csv", {"public": False, "returns": "pandas.DataFrame"}),
        ("pandas.DataFrame.to_csv", {"many": True, "format": "csv"}),
        ("sdv.single_table.CTGANSynthesizer.save", {"format": "model"}),
        ("langchain_core.output_parsers.StrOutputParser", {"chain": True}),
        ("uuid.uuid4", {"result": "fresh"}),
        ("transformers.Trainer.train", {"data": ("self.train_dataset",), "eval_data": ("self.eval_dataset",)}),
    ],
)
def test_fields(models: Registry, name: str, fields: dict[str, object]) -> None:
    row = fallback(models.find(name))
    assert row is not None
    assert {key: getattr(row, key) for key in fields} == fields


@pytest.mark.parametrize(
    ("name", "arg", "role"),
    [
        ("openai.OpenAI.files.create", "purpose", "load"),
        ("requests.post", "json", "generate"),
        ("boto3.client.invoke_model", "modelId", "not-a-generator"),
        ("huggingface_hub.HfApi.upload_file", "repo_type", "write"),
        ("litellm.completion", "mock_response", "not-a-generator"),
        ("imblearn.over_sampling.RandomOverSampler.fit_resample", "self.shrinkage", "resample"),
        ("transformers.pipeline", "task", "client"),
    ],
)
def test_conditional_rows_come_first(models: Registry, name: str, arg: str, role: str) -> None:
    first = models.find(name)[0]
    assert first.role == role
    assert [one.arg for one in first.when] == [arg]


def test_no_exact_name_stands_twice_without_a_condition(models: Registry) -> None:
    plain = Counter(name for name, rows in models._exact.items() for row in rows if not row.when)
    assert [name for name, count in plain.items() if count > 1] == []


def test_no_row_stands_behind_its_fallback(models: Registry) -> None:
    groups = [*models._exact.values(), *models._suffixes.values()]
    hidden = [rows for rows in groups if any(not row.when for row in rows[:-1])]
    assert [(rows[0].name, rows[0].origin) for rows in hidden] == []


def test_generators_of_sampled_rows_say_their_media(models: Registry) -> None:
    for name in ("sdv.single_table.CTGANSynthesizer.sample", "ctgan.CTGAN.sample", "be_great.GReaT.sample"):
        row = fallback(models.find(name))
        assert row is not None and row.media == "table"


def test_every_return_type_with_methods_is_spelled_alike(models: Registry) -> None:
    """A type that some row returns and other rows describe must not differ by a typing slip."""
    known = ("pandas.DataFrame", "datasets.Dataset", "transformers.PreTrainedModel", "langchain.ChatModel")
    returned = {row.returns for row in models.rows}
    assert set(known) <= returned


def test_names_without_rows(models: Registry) -> None:
    for name in ("builtins.print", "os.path.join", "argparse.ArgumentParser", "foo.sample", "client.generate"):
        assert models.find(name) == ()


@pytest.mark.parametrize("name", WORDS)
def test_words(models: Registry, name: str) -> None:
    members, others = WORDS[name]
    assert [one for one in members if not models.has_word(name, one)] == []
    assert [one for one in others if models.has_word(name, one)] == []


def told(models: Registry, name: str, receiver: str = "") -> set[str]:
    module, _, last = name.rpartition(".")
    return {one.role for one in models.told(last) if one.fits(receiver, module)}


@pytest.mark.parametrize(
    ("name", "receiver", "roles"),
    [
        ("train", "", {"train"}),
        ("train", "finetuner", {"train"}),
        ("train", "trainer", {"train"}),
        ("train", "model", set()),
        ("train", "encoder", set()),
        ("fine_tune", "", {"train"}),
        ("train_model", "", {"train"}),
        ("evaluate_on", "", {"evaluate"}),
        ("evaluate", "", {"evaluate"}),
        ("evaluate", "page", set()),
        ("deduplicate", "", {"dedup"}),
        ("remove_duplicates", "", {"dedup"}),
        ("decontaminate", "", {"decontaminate"}),
        ("judge_quality", "", {"judge"}),
        ("compute_dcr", "", {"memorization"}),
        ("write_manifest", "", {"provenance"}),
        ("train_val_split", "", {"split"}),
        ("trainable_parameters", "", set()),
        ("generate", "", set()),
        ("sample", "", set()),
        ("call_llm", "", {"generate"}),
        ("generate", "llm_client", {"generate"}),
        ("generate", "report", set()),
        ("gpt_api.reply", "", {"generate"}),
        ("gpt_api.load_settings", "", set()),
        ("reports.reply", "", set()),
    ],
)
def test_tellings(models: Registry, name: str, receiver: str, roles: set[str]) -> None:
    assert told(models, name, receiver) == roles


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[call]\n", "is not valid TOML"),
        ("[[calls]]\nname = 'x'\n", "unknown table"),
        ("[[call]]\nrole = 'generate'\n", "needs `name`"),
        ("[[call]]\nname = 3\nrole = 'generate'\n", "needs `name`"),
        ("[[call]]\nname = ['a', '']\nrole = 'generate'\n", "needs `name`"),
        ("[[call]]\nname = 'a.{b,c'\nrole = 'generate'\n", "open brace"),
        ("[call]\nname = 'a.b'\nrole = 'generate'\n", "double brackets"),
        ("suffix = ['a']\n", "double brackets"),
        ("words = 3\n", "as a table"),
        ("[[call]]\nname = 'a.b'\nrole = 'generates'\n", "role 'generates' is unknown"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nprompts = 'x'\n", "did you mean 'prompt'"),
        ("[[call]]\nname = 'a.b'\nrole = 'write'\nmany = 'yes'\n", "many must be a bool"),
        ("[[call]]\nname = 'a.b'\nrole = 'write'\nformat = true\n", "format must be a str"),
        ("[[call]]\nname = 'a.b'\nrole = 'write'\npath = 1\n", "path must be a string or a list of strings"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nmedia = 'smell'\n", "media must be one of"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\ntemperature = {arg = 'T', standard = 1}\n", "takes arg, args and"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nwhen = 'x'\n", "when must be a table"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nwhen = {x = {like = 'y'}}\n", "when.x takes present"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nwhen = {x = ['y']}\n", "one value or a test"),
        ("[[call]]\nname = 'a.b'\nrole = 'generate'\nwhen = {x = {matches = '('}}\n", "is not a regular expression"),
        ("[[telling]]\nnames = ['x']\n", "needs a role"),
        ("[[telling]]\nrole = 'train'\nnames = ['(']\n", "is not a regular expression"),
        ("[[telling]]\nrole = 'train'\nnames = ['x']\nreceiver = ['y']\n", "did you mean 'receivers'"),
        ("[words.x]\nwords = ['a']\n", "takes `exact` and `patterns`"),
        ("[words.x]\npatterns = ['(']\n", "is not a regular expression"),
    ],
)
def test_malformed_rows_are_named(text: str, problem: str) -> None:
    with pytest.raises(ModelError, match=problem) as caught:
        load_text(Registry(), text, "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")


def test_a_user_row_is_found_and_a_second_word_list_adds() -> None:
    registry = Registry()
    load_text(registry, "[[call]]\nname = 'x.{a,b}.run'\nrole = 'generate'\n[words.w]\nexact = ['One']\n", "a.toml")
    load_text(registry, "[[call]]\nname = 'x.**.run'\nrole = 'judge'\n[words.w]\npatterns = ['^two']\n", "b.toml")
    assert [row.role for row in registry.find("x.a.run")] == ["generate", "judge"]
    assert [row.role for row in registry.find("x.c.d.run")] == ["judge"]
    assert registry.has_word("w", "ONE") and registry.has_word("w", "twofold") and not registry.has_word("w", "three")
    assert registry.module_names() == {"x"}
    with pytest.raises(KeyError):
        registry.words("none")
