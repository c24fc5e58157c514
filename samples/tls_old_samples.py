# SPDX-License-Identifier: BSD-2-Clause
"""x"""
SAMPLES = {}
