"""Bodies, parameters and answers of `/comments`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from spyglass.api.params import PageParams
from spyglass.api.schemas import DateTime, Out, StrictIn, Text
from spyglass.core.ids import MAX_ID_CHARACTERS

CommentObjectType = Literal["TRACE", "OBSERVATION", "SESSION", "PROMPT"]
ObjectId = Annotated[Text, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]
Content = Annotated[
    Text,
    Field(min_length=1, max_length=5000),
    BeforeValidator(lambda text: text.strip() if isinstance(text, str) else text),
]


class CommentIn(StrictIn):
    project_id: Text = Field(description="The project of the key is what counts")
    object_type: CommentObjectType
    object_id: ObjectId
    content: Content
    author_user_id: Text | None = Field(None, description="A member of the organization")


class CommentListParams(PageParams):
    object_type: CommentObjectType | None = None
    object_id: Text | None = Field(None, description="Needs objectType")
    author_user_id: Text | None = None

    @model_validator(mode="after")
    def _check_object(self) -> "CommentListParams":
        if self.object_id is not None and self.object_type is None:
            raise ValueError("objectType is required when objectId is given")
        return self


class CommentCreatedOut(Out):
    id: str


class CommentOut(Out):
    id: str
    project_id: str
    created_at: DateTime
    updated_at: DateTime
    object_type: CommentObjectType
    object_id: str
    content: str
    author_user_id: str | None
