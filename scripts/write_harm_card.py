def write_card(about): pass
