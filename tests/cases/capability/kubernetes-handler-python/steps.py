def clean(raw):
    return raw.strip()
