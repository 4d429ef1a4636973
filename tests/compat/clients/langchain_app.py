"""A small LangChain application: an agent function calls a retriever, a tool and a chain with a fake LLM."""

import contextlib
import os

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

SESSION_ID = f"session-langchain-{os.environ['COMPAT_RUN']}"
USAGE = {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42}


class FakeChatModel(BaseChatModel):
    """Answers one fixed text and reports the model and its usage as a provider's class would."""

    model_name: str = "gpt-4o-mini"

    @property
    def _llm_type(self):
        return "fake-chat"

    @property
    def _identifying_params(self):
        return {"model_name": self.model_name, "temperature": 0.1}

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        metadata = {"model_name": self.model_name, "token_usage": {"total_tokens": 42}}
        message = AIMessage("Take an umbrella ☂️.", usage_metadata=USAGE, response_metadata=metadata)
        return ChatResult(generations=[ChatGeneration(message=message)])


class FakeRetriever(BaseRetriever):
    """Finds one document, whatever is asked."""

    def _get_relevant_documents(self, query, *, run_manager=None):
        return [Document(page_content=f"about {query}", metadata={"source": "doc-1"})]


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    if city == "Atlantis":
        raise ValueError("no such city: Atlantis")
    return f"rain in {city}"


prompt = ChatPromptTemplate.from_messages(
    [("system", "Be brief. Context: {context}"), ("user", "{question}")]
)
chain = (prompt | FakeChatModel() | StrOutputParser()).with_config(run_name="write-answer")


def advise(inputs, config):
    """The agent: look up, call the tool, write."""
    documents = FakeRetriever().invoke(inputs["city"], config)
    weather = get_weather.invoke({"city": inputs["city"]}, config)
    context = f"{documents[0].page_content}; {weather}"
    return {"advice": chain.invoke({"context": context, "question": inputs["question"]}, config)}


agent = RunnableLambda(advise).with_config(run_name="advise-traveller")


def run_twice(handler, metadata):
    """One question that is answered, one whose tool fails."""
    config = {"callbacks": [handler], "metadata": metadata, "tags": ["langchain"]}
    agent.invoke({"city": "Zürich", "question": "What shall I wear?"}, config)
    with contextlib.suppress(ValueError):
        agent.invoke({"city": "Atlantis", "question": "What shall I wear?"}, config)
