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
    """A job as its own read call shows it, and what the order gave for the callback."""

    biz_type: str | None = None
    """Line of business the item belongs to."""
    child_type: str | None = None
    """How the item was made, `lyric_to_material` for a song."""
    mat_child_type: str | None = None
    """The same as `childType`."""
    source_type: str | None = None
    """Where the item comes from."""
    item_id: str | None = None
    """Id of the item, the last part of `job_id`."""
    job_id: str | None = None
    """Id of a job: the number from the API token, the account and the `itemId`, put together."""
    gen_item_id: str | None = None
    """Id of the generation that made the item."""
    user_id: str | None = None
    """Account the item belongs to."""
    title_en: str | None = None
    """Title, in English."""
    cover: str | None = None
    """Address of the cover image."""
    mp_3_oss_id: str | None = None
    """Storage key of the MP3 file; not an address."""
    wav_oss_id: str | None = None
    """Storage key of the WAV file; not an address."""
    oss_watermark_mp_3: str | None = None
    """Storage key of a watermarked MP3 file, empty if there is none."""
    official_playlist_song: bool | None = None
    """Whether TemPolor put it on one of its own playlists."""
    status: int | None = None
    """Where a job stands. 0 is at work, 10 has failed, 30 has completed."""
    status_name: str | None = None
    """The name that goes with `status`."""
    status_final: bool | None = None
    """False while `status` is 0, true at 10 and 30."""
    progress: int | None = None
    """How far the generation has come, in percent."""
    download_total: int | None = None
    """How often it was downloaded."""
    like_total: int | None = None
    """How often it was liked."""
    collect_total: int | None = None
    """How often it was put into a collection."""
    music_material: MusicMaterial | None = None
    """The music itself."""
    read_status: bool | None = None
    """Whether the item was opened on TemPolor's web page."""
    download_status: bool | None = None
    """Whether the item was downloaded there."""
    create_time: int | None = None
    """When the job was created, in milliseconds since 1970."""
    update_time: int | None = None
    """When the job last changed, in milliseconds since 1970."""
    material_quality_score: float | None = None
    """TemPolor's rating of the result."""
    ltm_material_extend_dto: GenerationDetails | None = None
    """How the music was made."""
    edit_type: str | None = None
    """How the item came to be, `gen` for a generation."""
    operator_type: str | None = None
    """What produced the item, `gen` for a generation."""
    root_item_id: str | None = None
    """The first item this one descends from, itself if it is an original."""
    parent_item_id: str | None = None
    """The item this one was made from, itself if it is an original."""
    can_extend: bool | None = None
    """Whether TemPolor could make it longer."""
    can_edit_lyrics: bool | None = None
    """Whether TemPolor could change its lyrics."""
    can_fix_vocals: bool | None = None
    """Whether TemPolor could mend its vocals."""
    can_replaced: bool | None = None
    """Whether TemPolor could replace parts of it."""
    error: str | None = None
    """What went wrong, in an answer that reports a failure."""
    code: int | None = None
    """Status that goes with `error`."""
    reply_url: str | None = None
    """Where to report progress to, until the job is final. At most 1024 characters."""
    reply_ref: str | None = None
    """Text of your own that every report repeats. At most 1024 characters."""
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
