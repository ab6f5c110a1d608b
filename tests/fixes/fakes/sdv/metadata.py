class Metadata:
    @classmethod
    def detect_from_dataframe(cls, _):
        return cls()
