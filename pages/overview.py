"""Ringkasan."""
import streamlit as st

from pages.parts.words import say

st.title(say("frame.page.overview"))
