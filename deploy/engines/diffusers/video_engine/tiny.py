"""`python -m video_engine.tiny FOLDER --family ltx`: saves a randomly initialised pipeline of a few megabytes.

Of the real classes, with the real compression and the real file layout, so that loading and rendering it runs the code
that runs real weights. What it draws is noise.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

TEXT_WIDTH = 32


def tiny_ltx() -> DiffusionPipeline:
    transformer = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, num_attention_heads=2, attention_head_dim=16, cross_attention_dim=32,
        num_layers=1, caption_channels=TEXT_WIDTH,
    )  # fmt: skip
    vae = AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False), decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False,) * 5, upsample_residual=(False,) * 4, upsample_factor=(1,) * 4,
        timestep_conditioning=False, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip
    return LTXPipeline(
        transformer=transformer, vae=vae, scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        text_encoder=_t5(T5EncoderModel, T5Config), tokenizer=_tokenizer(),
    )  # fmt: skip


def tiny_wan() -> DiffusionPipeline:
    return WanPipeline(transformer=_wan_transformer(16), vae=_wan_vae(), **_wan_text())


def tiny_wan_i2v() -> DiffusionPipeline:
    """Takes noise, the encoded first frame and a mask beside each other, like Wan 2.2 I2V."""
    return WanImageToVideoPipeline(transformer=_wan_transformer(36), vae=_wan_vae(), **_wan_text())


def tiny_wan_ti2v() -> DiffusionPipeline:
    return WanPipeline(transformer=_wan_transformer(16), vae=_wan_vae(), expand_timesteps=True, **_wan_text())


FAMILIES = {"ltx": tiny_ltx, "wan": tiny_wan, "wan-i2v": tiny_wan_i2v, "wan-ti2v": tiny_wan_ti2v}


def save_tiny(family: str, folder: Path) -> Path:
    torch.manual_seed(0)
    FAMILIES[family]().save_pretrained(folder)
    return folder


def _wan_transformer(in_channels: int) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=in_channels, out_channels=16,
        text_dim=TEXT_WIDTH, freq_dim=32, ffn_dim=32, num_layers=1, rope_max_seq_len=1024,
    )  # fmt: skip


def _wan_vae() -> AutoencoderKLWan:
    # Three halvings in space and two in time, like the real one.
    return AutoencoderKLWan(base_dim=4, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1)


def _wan_text() -> dict:
    return {
        "scheduler": UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        "text_encoder": _t5(UMT5EncoderModel, UMT5Config),
        "tokenizer": _tokenizer(),
    }


def _t5(model_class: type, config_class: type) -> torch.nn.Module:
    config = config_class(vocab_size=259, d_model=TEXT_WIDTH, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return model_class(config).eval()


def _tokenizer() -> PreTrainedTokenizerFast:
    """One token for every byte: any prompt has tokens, and others have others."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate(["<pad>", "</s>", "<unk>", *letters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m video_engine.tiny", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--family", choices=FAMILIES, default="ltx")
    arguments = parser.parse_args()
    print(save_tiny(arguments.family, arguments.folder))


if __name__ == "__main__":
    main()
