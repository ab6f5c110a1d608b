"""Which packages and tokens make a file worth a look.  Plain data: imported on every run, so no TOML here."""

from __future__ import annotations

from typing import TypeAlias

Token: TypeAlias = "bytes | tuple[bytes, ...]"


def _names(text: str) -> frozenset[bytes]:
    return frozenset(one.encode() for one in text.split())


# Packages whose import alone says that a file may generate, resample or augment data.
PACKAGES = _names("""
    openai anthropic cohere mistralai groq together ollama litellm instructor outlines guidance dspy dsp lmql ell
    marvin magentic mirascope promptflow semantic_kernel haystack pydantic_ai autogen crewai smolagents agno camel
    aisuite ai21 aleph_alpha_client replicate fireworks zhipuai dashscope qianfan xai_sdk llamaapi langfuse cerebras
    g4f poe_api_wrapper portkey_ai openrouter vertexai easyllm simpleaichat llm_engine llmengine spacy_llm claude
    vllm sglang llama_cpp mlx_lm mlx_vlm lmdeploy exllamav2 ctransformers gpt4all text_generation ctranslate2
    tensorrt_llm llamafactory lmflow fastchat xinference modelscope swift unsloth
    distilabel bespokelabs datadreamer deepfabric synthetic_data_kit data_designer nemo_curator instructlab oumi
    datatrove ragas deepeval giskard bonito genalog promptwright pluto kiln_ai easy_dataset gretel_client
    gretel_synthetics diffusers
    sdv ctgan copulas deepecho rdt synthcity be_great ydata_synthetic ydata mostlyai snsynth dp_cgans DataSynthesizer
    realtabformer synthpop arfpy tabula tabsyn nbsynthetic tsgm tabgan ctabgan timegan synthetic_data synthesized
    DeepEcho ForestDiffusion forestdiffusion clavaddpm ctgan_plus dgan medgan mst nannyml_synth private_pgm quantgan
    syntheval tab_ddpm tabddpm tabfairgan table_gan table_evaluator tabpfgen tgan gretel_trainer TTS stability_sdk
    baml_client gptcache helicone llama_api_client sambanova volcenginesdkarkruntime writerai zai
    imblearn smogn smote_variants ImbalancedLearningRegression resreg iblr
    nlpaug textattack textaugment augly parrot
""")
# The same for every package whose name starts so.
PREFIXES = (b"langchain", b"llama_index", b"openai_", b"autogen_", b"dspy_", b"ibm_watsonx", b"watsonx")
# Parts of module names of a project's own (or missing) wrappers around a language model.
WRAPPERS = (b"gpt", b"llm", b"GPT", b"LLM")
# What the name of a generated data file holds; such a file makes its reader worth a look.
NAMED = (b"ynth", b"generated", b"augmented", b"gpt", b"GPT", b"llm", b"LLM")
# The packages that such a reader uses.
READERS = _names("json csv pandas datasets polars jsonlines numpy torch pyarrow pickle joblib srsly openpyxl")

_HTTP = (
    b"/completions", b"openai", b"generateContent", b"v1/messages", b"/messages", b"11434", b"/api/generate",
    b"/api/chat", b"v1/responses", b'/generate"', b"/generate'", b"openrouter", b"api-inference", b"anthropic",
    b"huggingface.co/models", b"deepseek", b"max_tokens", b"max_new_tokens", b"maxOutputTokens", b"num_predict",
    b'"messages"', b"'messages'", b"ollama", b"dashscope", b"mistral.ai", b"groq.com", b"cohere.", b"together.ai",
    b"together.xyz", b'\\"messages\\"', b"_llm", b"llm_", b"LLM",
)  # fmt: skip
_WORDS = (b".generate", b"pipeline", b"Pipeline")
# Packages that load a model which other files may call.
MODELS = _names("transformers peft optimum auto_gptq awq torchtune trl")
_GANS = (
    b"lass Generator", b"= Generator(", b"netG", b"enerator.predict", b"enerator(z", b"enerator(noise",
    b"enerator(latent", b"generate_samples", b"ecoder.predict", b"ecoder(z", b"sample_image", b"save_image", b"GAN",
    b"VAE", b"iffusion", b"prompt",
)  # fmt: skip
# Packages that count only in a file (or, for models handed around, a project) with one of these tokens.
CONDITIONAL: dict[bytes, tuple[Token, ...]] = {
    **dict.fromkeys(MODELS, _WORDS),
    **dict.fromkeys(
        (
            b"requests",
            b"httpx",
            b"aiohttp",
            b"urllib",
            b"urllib2",
            b"urllib3",
            b"niquests",
            b"http",
            b"curl_cffi",
            b"pycurl",
        ),
        _HTTP,
    ),
    **dict.fromkeys((b"torch", b"tensorflow", b"keras", b"jax", b"flax", b"paddle"), _GANS),
    b"huggingface_hub": (b"Inference", b"text_generation", b"chat_completion"),
    b"boto3": (b"bedrock", b"invoke_endpoint", b"invoke_model", b"converse"),
    b"aioboto3": (b"bedrock", b"invoke_endpoint"),
    b"botocore": (b"bedrock", b"invoke_endpoint"),
    b"sagemaker": (b"redict", b"HuggingFace", b"JumpStart"),
    b"azure": (b"azure.ai", b"inference", b"openai", b"OpenAI"),
    b"google": (b"genai", b"generativeai", b"aiplatform", b"vertexai", b"generative", b"palm"),
    b"ray": (b"llm", b"vllm"),
    b"pyspark": (b"ai_query", b"ai_gen"),
    b"scipy": ((b"gaussian_kde", b".resample("),),
    b"sklearn": (
        (b"GaussianMixture", b".sample("),
        (b"KernelDensity", b".sample("),
        b"fit_resample",
        b"fit_sample",
        b"SMOTE",
        b"import resample",
    ),
    b"statsmodels": ((b"simulate", b"to_csv"),),
    b"nltk": (b"wordnet",),
    b"agents": (b"Runner", b"Agent("),
    b"pycaret": (b"fix_imbalance",),
    b"evidently": (b"datagen", b"Generator"),
    b"snorkel": (b"TFApplier", b"transformation"),
    b"argilla": (b"generat", b"synthetic"),
    b"subprocess": (b"ollama", b"llama", b"/completions", b"oumi", b'"ilab', b"textattack", b"vllm"),
}

# What a file without imports is known by: its names are bound in siblings or in one interactive session.
TOKENS = (
    b"fit_resample", b"fit_sample", b"SMOTE", b"ADASYN", b".sample(", b".generate(", b".generate_text",
    b".generate_image", b"chat.completions", b"ChatCompletion", b"/completions", b"generate_content",
    b"messages.create", b".invoke(", b"Synthesizer", b"OverSampler",
)  # fmt: skip

# Tokens that make a file of a project with generators a trainer or an evaluator ...
TRAIN = (
    b".fit(", b".train(", b"rainer(", b"fine_tun", b"finetun", b"fine-tun", b".backward(", b"train_test_split",
    b"accuracy_score", b"classification_report", b"f1_score", b"evaluate(", b".evaluate", b"def train", b"def eval",
    b"run_eval", b"benchmark", b".compute_metrics", b".score(",
)  # fmt: skip
# ... or one that reads or writes data,
DATA = (
    b"load_dataset", b"load_from_disk", b"read_csv", b"read_json", b"read_parquet", b"read_excel", b"read_pickle",
    b".read_", b".scan_", b"json.load", b"jsonl", b".csv", b".parquet", b"pickle.load", b"joblib.load", b"torch.load",
    b"np.load", b"to_csv", b"to_json", b"to_parquet", b"push_to_hub", b"save_to_disk", b"json.dump", b"open(",
    b"imread", b"ImageFolder", b"from_pretrained", b"drop_duplicates", b".dump(", b".write(",
)  # fmt: skip
# ... or one that starts other scripts.
RUN = (b"subprocess", b"os.system", b"runpy", b"%run", b"!python", b"get_ipython")
