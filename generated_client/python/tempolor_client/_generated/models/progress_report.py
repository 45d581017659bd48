from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..models.generation_details import GenerationDetails
from ..models.music_material import MusicMaterial
from ..types import filled, flag, members, number, take, text, whole


@dataclass(kw_only=True, slots=True)
class ProgressReport:
    """Inferred: the job as `get_music` shows it, with the `replyUrl` and `replyRef` of the request."""

    biz_type: str | None = None
    """Inferred: line of business of the item."""
    child_type: str | None = None
    """Inferred: how the item was made, `lyric_to_material` for a song."""
    mat_child_type: str | None = None
    """Inferred: the same as `childType`."""
    source_type: str | None = None
    """Inferred: where the item comes from."""
    item_id: str | None = None
    """Id of the item. Inferred: the last part of `job_id`."""
    job_id: str | None = None
    """Id of a job. Inferred: made of the number of the API token, the account's id and the `itemId`."""
    gen_item_id: str | None = None
    """Inferred: id of the generation that made the item."""
    user_id: str | None = None
    """Inferred: `user_id` of the account."""
    title_en: str | None = None
    """Inferred: English title."""
    cover: str | None = None
    """Inferred: address of the cover image, a URI reference."""
    mp_3_oss_id: str | None = None
    """Inferred: storage key of the MP3 file, not an address."""
    wav_oss_id: str | None = None
    """Inferred: storage key of the WAV file, not an address."""
    oss_watermark_mp_3: str | None = None
    """Inferred: storage key of an MP3 file with a watermark, empty if there is none."""
    official_playlist_song: bool | None = None
    """Inferred: whether it is on a playlist of TemPolor."""
    status: int | None = None
    """0 while the job is generating, 10 if it has failed, 30 if it has completed. Inferred: a whole number."""
    status_name: str | None = None
    """The name of `status`."""
    status_final: bool | None = None
    """False while `status` is 0, true if it is 10 or 30."""
    progress: int | None = None
    """Inferred: progress of the generation in percent, a whole number."""
    download_total: int | None = None
    """Inferred: number of downloads, a whole number."""
    like_total: int | None = None
    """Inferred: number of likes, a whole number."""
    collect_total: int | None = None
    """Inferred: number of collections that it is in, a whole number."""
    music_material: MusicMaterial | None = None
    """Inferred: properties of the music."""
    read_status: bool | None = None
    """Inferred: whether the item was opened on TemPolor's web page."""
    download_status: bool | None = None
    """Inferred: whether the item was downloaded on TemPolor's web page."""
    create_time: int | None = None
    """Inferred: when the job was created, in milliseconds since 1970, a whole number."""
    update_time: int | None = None
    """Inferred: when the job changed last, in milliseconds since 1970, a whole number."""
    material_quality_score: float | None = None
    """Inferred: TemPolor's rating of the music."""
    ltm_material_extend_dto: GenerationDetails | None = None
    """Inferred: how the music was made."""
    edit_type: str | None = None
    """Inferred: how the item was made, `gen` for a generation."""
    operator_type: str | None = None
    """Inferred: what made the item, `gen` for a generation."""
    root_item_id: str | None = None
    """Inferred: id of the first item that this one descends from; its own id if it is an original."""
    parent_item_id: str | None = None
    """Inferred: id of the item that this one was made from; its own id if it is an original."""
    can_extend: bool | None = None
    """Inferred: whether TemPolor can make it longer."""
    can_edit_lyrics: bool | None = None
    """Inferred: whether TemPolor can change its lyrics."""
    can_fix_vocals: bool | None = None
    """Inferred: whether TemPolor can repair its vocals."""
    can_replaced: bool | None = None
    """Inferred: whether TemPolor can replace parts of it."""
    error: str | None = None
    """What went wrong. Inferred: in a job that has failed."""
    code: int | None = None
    """The status that goes with `error`. Inferred: a whole number."""
    reply_url: str | None = None
    """The address to call with progress updates until the generation is complete or has failed. At most 1024
    characters. To look at such calls, a site like webhook.site is of help. Inferred: an absolute http or https
    address."""
    reply_ref: str | None = None
    """A text of your own that the callbacks repeat. At most 1024 characters. Inferred: without the character NUL."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Fields the document does not know, those it describes otherwise, and those that came as null."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read the object from JSON; unknown fields are kept in `additional_properties`.

        Raises:
            MisfitError: It is not an object, or a field that must be there is not.

        """
        fields = members(source)
        return cls(
            biz_type=take(fields, "bizType", text),
            child_type=take(fields, "childType", text),
            mat_child_type=take(fields, "matChildType", text),
            source_type=take(fields, "sourceType", text),
            item_id=take(fields, "itemId", text),
            job_id=take(fields, "job_id", text),
            gen_item_id=take(fields, "genItemId", text),
            user_id=take(fields, "userId", text),
            title_en=take(fields, "titleEn", text),
            cover=take(fields, "cover", text),
            mp_3_oss_id=take(fields, "mp3OssId", text),
            wav_oss_id=take(fields, "wavOssId", text),
            oss_watermark_mp_3=take(fields, "ossWatermarkMp3", text),
            official_playlist_song=take(fields, "officialPlaylistSong", flag),
            status=take(fields, "status", whole),
            status_name=take(fields, "status_name", text),
            status_final=take(fields, "status_final", flag),
            progress=take(fields, "progress", whole),
            download_total=take(fields, "downloadTotal", whole),
            like_total=take(fields, "likeTotal", whole),
            collect_total=take(fields, "collectTotal", whole),
            music_material=take(fields, "musicMaterial", MusicMaterial.from_dict),
            read_status=take(fields, "readStatus", flag),
            download_status=take(fields, "downloadStatus", flag),
            create_time=take(fields, "createTime", whole),
            update_time=take(fields, "updateTime", whole),
            material_quality_score=take(fields, "materialQualityScore", number),
            ltm_material_extend_dto=take(fields, "ltmMaterialExtendDto", GenerationDetails.from_dict),
            edit_type=take(fields, "editType", text),
            operator_type=take(fields, "operatorType", text),
            root_item_id=take(fields, "rootItemId", text),
            parent_item_id=take(fields, "parentItemId", text),
            can_extend=take(fields, "canExtend", flag),
            can_edit_lyrics=take(fields, "canEditLyrics", flag),
            can_fix_vocals=take(fields, "canFixVocals", flag),
            can_replaced=take(fields, "canReplaced", flag),
            error=take(fields, "error", text),
            code=take(fields, "code", whole),
            reply_url=take(fields, "replyUrl", text),
            reply_ref=take(fields, "replyRef", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "bizType": self.biz_type,
                "childType": self.child_type,
                "matChildType": self.mat_child_type,
                "sourceType": self.source_type,
                "itemId": self.item_id,
                "job_id": self.job_id,
                "genItemId": self.gen_item_id,
                "userId": self.user_id,
                "titleEn": self.title_en,
                "cover": self.cover,
                "mp3OssId": self.mp_3_oss_id,
                "wavOssId": self.wav_oss_id,
                "ossWatermarkMp3": self.oss_watermark_mp_3,
                "officialPlaylistSong": self.official_playlist_song,
                "status": self.status,
                "status_name": self.status_name,
                "status_final": self.status_final,
                "progress": self.progress,
                "downloadTotal": self.download_total,
                "likeTotal": self.like_total,
                "collectTotal": self.collect_total,
                "musicMaterial": self.music_material,
                "readStatus": self.read_status,
                "downloadStatus": self.download_status,
                "createTime": self.create_time,
                "updateTime": self.update_time,
                "materialQualityScore": self.material_quality_score,
                "ltmMaterialExtendDto": self.ltm_material_extend_dto,
                "editType": self.edit_type,
                "operatorType": self.operator_type,
                "rootItemId": self.root_item_id,
                "parentItemId": self.parent_item_id,
                "canExtend": self.can_extend,
                "canEditLyrics": self.can_edit_lyrics,
                "canFixVocals": self.can_fix_vocals,
                "canReplaced": self.can_replaced,
                "error": self.error,
                "code": self.code,
                "replyUrl": self.reply_url,
                "replyRef": self.reply_ref,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
