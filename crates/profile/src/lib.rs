//! What a program means: kinds, fold, rules, audience, clocks, forms.
